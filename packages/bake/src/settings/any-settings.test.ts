// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of settings look like those of template strings.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { fillIn } from './placeholder.ts';
import { explainSettingsProblem } from './problem.ts';
import { readSettings } from './read-settings.ts';

const piece = fc.constantFrom(
  ...['docker', 'aws', 'google', 'bakehouse', 'enabled', 'bakeryDefaults', 'baseImages', 'lanes', 'limits', 'spring'],
  ...[
    ': ',
    ':',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '<<: ',
    '---\n',
  ],
  ...[
    'true',
    'false',
    'null',
    '~',
    '12',
    '-1',
    '1e400',
    '${',
    '}',
    '${A:b}',
    '${A}',
    '#',
    '!!js/function ',
    '!!binary ',
  ],
  ...['? ', '%YAML 1.2\n', '...\n', '\t', '\u0000', '\ufeff', '\u0085', '__proto__', 'constructor', '.', 'a.b.c'],
);
const anyYaml = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
);

const key = fc.oneof(
  fc.constantFrom('docker', 'aws', 'azure', 'google', 'local', 'bakehouse', 'rosco', 'enabled', 'bakeryDefaults'),
  fc.constantFrom(
    'baseImages',
    'base-image',
    'id',
    'packageType',
    'virtualizationSettings',
    'lanes',
    'limits',
    'spring',
  ),
  fc.string({ maxLength: 4 }),
);
const { tree } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom('true', 'false', 'deb', '${A:deb}', '${A}', '', null, 7, 'on', '__proto__'),
    fc.string({ maxLength: 6 }),
  ),
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}));

const environment = fc.dictionary(
  fc.constantFrom(
    'A',
    'DOCKER_ENABLED',
    'SPRING_PROFILES_ACTIVE',
    'BAKEHOUSE_LANES',
    'AWS_BAKERYDEFAULTS_BASEIMAGES_0_ID',
  ),
  fc.constantFrom('true', '', '${A}', '${B:${A}}', 'x', '{', '-1'),
);

function readOrRefused(texts: readonly string[], from: Readonly<Record<string, string>>) {
  const files = texts.map((text, index) => ({ name: `${index}.yml`, text }));
  const read = readSettings(files, from);
  const told = read.ok ? read.value.warnings : read.no;
  if (!read.ok) expect(told.length).toBeGreaterThan(0);
  for (const problem of told) expect(explainSettingsProblem(problem)).toMatch(/\w/);
  if (read.ok) expect(read.value.effective()).toBeInstanceOf(Array);
  return read;
}

describe('whatever stands in the files', () => {
  test('text is read, or refused with what is wrong', () => {
    fc.assert(
      fc.property(fc.array(anyYaml, { minLength: 1, maxLength: 2 }), environment, (texts, from) => {
        readOrRefused(texts, from);
      }),
      { numRuns: 300 },
    );
  });

  test('trees of settings are read, or refused with what is wrong', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 2 }), environment, (trees, from) => {
        readOrRefused(
          trees.map((each) => stringify(each)),
          from,
        );
      }),
      { numRuns: 200 },
    );
  });

  test('an abyss is refused, not fallen into', () => {
    const deep = 5000;
    for (const text of [
      `a: ${'['.repeat(deep)}${']'.repeat(deep)}`,
      `a: ${'{a: '.repeat(deep)}${'}'.repeat(deep)}`,
      '- '.repeat(deep),
      Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      `${'a.'.repeat(deep)}a: 1`,
      `a: &a [*a, *a]`,
      `a: &a {b: *a}`,
      ['a0: &a0 [x, x]', ...Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`)].join('\n'),
    ]) {
      const began = performance.now();
      expect(readOrRefused([text], {}).ok, text.slice(0, 40)).toBe(false);
      expect(performance.now() - began, text.slice(0, 40)).toBeLessThan(5000);
    }
  });
});

describe('whatever a placeholder holds', () => {
  const texts = fc.oneof(
    fc.array(fc.constantFrom('${', '}', ':', 'A', 'B', '$', '{', ' ', '${A}', '${A:x}', '${B:${A}}'), {
      maxLength: 14,
    }),
    fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
  );

  test('it is filled in or refused', () => {
    const values = fc.dictionary(
      fc.constantFrom('A', 'B', '', 'AB'),
      texts.map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(
        texts.map((parts) => parts.join('')),
        values,
        (text, held) => {
          const filled = fillIn(text, (name) => (Object.hasOwn(held, name) ? held[name] : undefined));
          if (!filled.ok) expect(filled.no).toContain('${');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('text without one stays as it is, and one with a default becomes it', () => {
    const plain = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/[{}$:]/.test(text));
    fc.assert(
      fc.property(plain, plain, plain, (before, value, after) => {
        expect(fillIn(before, () => 'never')).toEqual({ ok: true, value: before });
        const whole = `${before}\${A:${value}}${after}`;
        expect(fillIn(whole, () => undefined)).toEqual({ ok: true, value: before + value + after });
        expect(fillIn(whole, () => 'x')).toEqual({ ok: true, value: `${before}x${after}` });
      }),
    );
  });

  test('a thousand in a row are filled in, and those that lead on and on are refused', () => {
    expect(fillIn('${A:x}'.repeat(20_000), () => undefined)).toEqual({ ok: true, value: 'x'.repeat(20_000) });
    const chain = (name: string) => `\${${name}x}`;
    const doubling = (name: string) => (name.length < 30 ? `\${${name}x}\${${name}x}` : 'y');
    for (const [text, lookUp] of [
      ['${A:'.repeat(5000) + '}'.repeat(5000), () => undefined],
      ['${A}', chain],
      ['${A}', doubling],
    ] as const) {
      expect(fillIn(text, lookUp)).toMatchObject({ no: expect.stringMatching(/nested too deeply|lead to too many/) });
    }
  });
});
