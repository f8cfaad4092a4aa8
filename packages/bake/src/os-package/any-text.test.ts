import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestedPackages } from '../requested-packages.ts';
import { PackageType } from './package-type.ts';
import { packagesParameter } from './packages-parameter.ts';
import { parsePackage } from './parse.ts';
import { splitWithoutTail } from './split.ts';

const family = fc.constantFrom(...PackageType.options);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.stringMatching(/^[a1_.+:~\- ]{0,16}$/),
  fc.constantFrom('', '_', '-', '.', '+', 'nupkg', '.nupkg', '__proto__', 'https://apt.example/a_1_all.deb'),
);

describe('whatever the text', () => {
  test('it is read, or refused with words, and what is read was in it', () => {
    fc.assert(
      fc.property(family, text, (type, said) => {
        const parsed = parsePackage(type, said);
        if (!parsed.ok) return void expect(parsed.no).toMatch(/\w/);
        for (const part of Object.values(parsed.value)) {
          const seen = part === null || type === 'nupkg' || said.includes(part);
          expect(seen, JSON.stringify(parsed.value)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a list of packages is read or refused by the place of one, and makes one line of words', () => {
    fc.assert(
      fc.property(family, fc.array(text, { maxLength: 4 }), (type, packages) => {
        const read = requestedPackages({ packages, packageArtifacts: packages.map((name) => ({ name })) }, type);
        if (!read.ok) return void expect(read.no).toMatchObject({ code: 'unusable-name' });
        expect(typeof packagesParameter(type, read.value.packages)).toBe('string');
        expect(read.value.packages.every(({ name }) => name)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a long one is read in no time', () => {
    const began = performance.now();
    for (const type of PackageType.options)
      for (const part of ['_', '-', '.', '+', '1.', 'a-', 'nupkg', '.nupkg']) parsePackage(type, part.repeat(20_000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('what is put together as its family writes it', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9+]{0,8}(-[a-z]{1,4})?$/);
  const version = fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){0,3}$/);
  const release = fc.stringMatching(/^[0-9][a-z0-9]{0,4}$/);
  const arch = fc.constantFrom('amd64', 'all', 'noarch', 'x86_64');

  test('is taken apart into the same: deb', () => {
    fc.assert(
      fc.property(fc.record({ name, version, release, arch: fc.constantFrom('amd64', 'all') }), (whole) => {
        const said = `${whole.name}_${whole.version}-${whole.release}_${whole.arch}`;
        expect(parsePackage('deb', said)).toEqual({ ok: true, value: whole });
        expect(packagesParameter('deb', [whole])).toBe(`${whole.name}=${whole.version}-${whole.release}`);
      }),
    );
  });

  test('is taken apart into the same: rpm', () => {
    fc.assert(
      fc.property(fc.record({ name, version, release, arch }), (whole) => {
        const said = `${whole.name}-${whole.version}-${whole.release}.${whole.arch}`;
        expect(parsePackage('rpm', said)).toEqual({ ok: true, value: whole });
        expect(packagesParameter('rpm', [whole])).toBe(`${whole.name}-${whole.version}-${whole.release}`);
      }),
    );
  });

  test('is taken apart into the same: nupkg', () => {
    const id = fc.stringMatching(/^[A-Z][a-z]{0,6}(\.[A-Z][a-z]{0,4}){0,2}$/);
    fc.assert(
      fc.property(fc.record({ name: id, version, release, arch: fc.constant(null) }), (whole) => {
        const said = `${whole.name}.${whole.version}-${whole.release}`;
        expect(parsePackage('nupkg', `${said}.nupkg`)).toEqual({ ok: true, value: whole });
        expect(packagesParameter('nupkg', [whole])).toBe(said);
      }),
    );
  });
});

test('splitting drops what is empty at the end and nothing else', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a_]{0,12}$/), (said) => {
      const parts = splitWithoutTail(said, '_');
      expect(said.startsWith(parts.join('_'))).toBe(true);
      expect(said.slice(parts.join('_').length)).toMatch(/^_*$/);
      if (said !== '') expect(parts.at(-1)).not.toBe('');
    }),
  );
});
