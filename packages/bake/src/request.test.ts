import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackageText, parseRequest } from './request.ts';

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('__proto__', 'constructor', '', ' ', '-x', -0, null, undefined),
);

const anyRequest = fc.record(
  Object.fromEntries(
    [
      ...['provider', 'region', 'base', 'packages', 'template', 'varFile', 'variables', 'sourceImage', 'imageName'],
      ...['imageSuffix', 'account', 'options', 'packageArtifacts', 'upgrade', 'priority', 'lane', 'labels', 'limits'],
      ...['ci', 'allowMissing', 'unknown'],
    ].map((name) => [name, odd]),
  ),
  { requiredKeys: [] },
);

const nearlyRequest = fc.record(
  {
    provider: fc.constantFrom('local', ' aws ', ''),
    region: fc.string({ maxLength: 4 }),
    packages: fc.array(fc.oneof(odd, fc.constantFrom('nginx', 'https://apt.example/a_1_all.deb')), { maxLength: 3 }),
    variables: fc.dictionary(fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'b.c')), odd),
    labels: fc.dictionary(fc.string({ maxLength: 4 }), odd),
    ci: fc.record(
      {
        number: odd,
        job: odd,
        artifacts: fc.array(
          fc.oneof(
            odd,
            fc.record({ artifacts: fc.array(fc.record({ fileName: odd })) }),
            fc.record({ type: odd, name: odd, version: odd }),
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    ),
    packageArtifacts: fc.array(fc.record({ name: odd }), { maxLength: 2 }),
  },
  { requiredKeys: ['provider', 'region'] },
);

test('whatever is sent is a request or is refused with what is wrong where', () => {
  fc.assert(
    fc.property(fc.oneof(anyRequest, nearlyRequest, odd), (json) => {
      const request = parseRequest(json);
      if (request.ok) return;
      expect(request.no).toMatchObject({ code: 'malformed-request' });
      const { issues } = request.no as Extract<typeof request.no, { code: 'malformed-request' }>;
      expect(issues.length).toBeGreaterThan(0);
      for (const issue of issues)
        expect(issue).toEqual({ path: expect.any(String), message: expect.stringMatching(/./) });
    }),
    { numRuns: 500 },
  );
});

test('what was read is read as the same again', () => {
  fc.assert(
    fc.property(nearlyRequest, (json) => {
      const request = parseRequest(json);
      if (!request.ok) return;
      const again = parseRequest(JSON.parse(JSON.stringify(request.value)));
      expect(again).toEqual({ ok: true, value: JSON.parse(JSON.stringify(request.value)) });
    }),
    { numRuns: 500 },
  );
});

test('a package is one word and no option, whatever else it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (text) => {
      expect(PackageText.safeParse(text).success).toBe(!/[\s\p{Cc}]/u.test(text) && !text.startsWith('-'));
    }),
    { numRuns: 500 },
  );
});

test.each<[object, string, RegExp]>([
  [{ variables: { 'a b': 'x' } }, 'variables["a b"]', /^the name cannot be used: .*letters, digits/],
  [{ labels: { ['x'.repeat(300)]: 'x' } }, `labels.${'x'.repeat(300)}`, /^the name cannot be used: /],
  [{ pakages: [] }, 'pakages', /^is not a known member$/],
  [{ ci: { jobb: 'x' } }, 'ci.jobb', /^is not a known member$/],
  [{ packages: ['x'.repeat(600)] }, 'packages[0]', /at most 512 characters/],
])('what is wrong with %j is told by its path and in words that help', (more, path, message) => {
  expect(parseRequest({ provider: 'local', region: 'here', ...more })).toMatchObject({
    no: { issues: [{ path, message: expect.stringMatching(message) }] },
  });
});
