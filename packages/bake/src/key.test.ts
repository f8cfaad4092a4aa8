import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText } from './canonical.ts';
import { bakeKey, keyParts } from './key.ts';
import type { BakeOrder } from './order.ts';
import { parseRequest } from './request.ts';
import type { Value } from './variable.ts';

const word = fc.string({ minLength: 1, maxLength: 8 });
const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Value>;
const artifact = fc.record(
  { name: word, reference: word, type: word, version: word, location: word },
  { requiredKeys: ['name'] },
);

const anOrder: fc.Arbitrary<BakeOrder> = fc.record({
  request: fc
    .record(
      {
        provider: fc.constantFrom('aws', 'docker'),
        region: fc.constant('here'),
        packages: fc.array(fc.stringMatching(/^[a-z]{1,4}(_[0-9]_all)?$/), { maxLength: 3 }),
        packageArtifacts: fc.array(artifact, { maxLength: 2 }),
        imageName: fc.stringMatching(/^[a-z]{1,4}$/),
        varFile: fc.stringMatching(/^[a-z]{1,4}$/),
      },
      { requiredKeys: ['provider', 'region', 'packages'] },
    )
    .map((json) => {
      const request = parseRequest(json);
      if (!request.ok) throw new Error(JSON.stringify(request.no));
      return request.value;
    }),
  choice: fc.record({
    sourceImage: word,
    template: word,
    packageType: fc.constant('deb' as const),
    variables: fc.dictionary(word, value, { maxKeys: 3 }),
    secrets: fc.dictionary(word, word, { maxKeys: 2 }),
    distinct: fc.array(word, { maxLength: 2 }),
  }),
  bundle: fc.record({ digest: word, files: fc.constant([]) }),
});

const keyOf = (order: BakeOrder) => bakeKey(keyParts(order));

/** The same members, written in another order at every level. */
function turned<T>(whole: T): T {
  if (Array.isArray(whole)) return whole.map(turned) as T;
  if (whole === null || typeof whole !== 'object') return whole;
  const entries = Object.entries(whole).map(([name, member]) => [name, turned(member)] as const);
  return Object.fromEntries(entries.reverse()) as T;
}

type Change = (order: BakeOrder) => BakeOrder;

const inRequest =
  (change: (request: BakeOrder['request']) => Partial<BakeOrder['request']>): Change =>
  (order) => ({ ...order, request: { ...order.request, ...change(order.request) } });
const inChoice =
  (change: (choice: BakeOrder['choice']) => Partial<BakeOrder['choice']>): Change =>
  (order) => ({ ...order, choice: { ...order.choice, ...change(order.choice) } });

const more = (text: string | undefined) => `${text ?? ''}+`;
const FRESH = 'a name that no generator makes';
const inArtifact = (member: string) =>
  inRequest(({ packageArtifacts = [] }) => ({
    packageArtifacts: [
      ...packageArtifacts.slice(1),
      { name: 'a', ...packageArtifacts[0], [member]: more(String(packageArtifacts[0]?.[member])) },
    ],
  }));

/** Each makes another image of the same order. */
const CHANGES: Readonly<Record<string, Change>> = {
  provider: inRequest(({ provider }) => ({ provider: more(provider) })),
  'one package more': inRequest(({ packages }) => ({ packages: [...packages, 'more'] })),
  'another version': inRequest(({ packages: [first = 'a', ...others] }) => ({ packages: [more(first), ...others] })),
  'a name asked for': inRequest(({ imageName }) => ({ imageName: more(imageName) })),
  'another var file': inRequest(({ varFile }) => ({ varFile: more(varFile) })),
  'one artifact more': inRequest(({ packageArtifacts = [] }) => ({
    packageArtifacts: [...packageArtifacts, { name: 'more' }],
  })),
  'an artifact of another name': inArtifact('name'),
  'an artifact by another reference': inArtifact('reference'),
  'an artifact of another version': inArtifact('version'),
  'an artifact of another type': inArtifact('type'),
  'an artifact from elsewhere': inArtifact('location'),
  'another source image': inChoice(({ sourceImage }) => ({ sourceImage: more(sourceImage) })),
  'another template': inChoice(({ template }) => ({ template: more(template) })),
  'a variable more': inChoice(({ variables }) => ({ variables: { ...variables, [FRESH]: null } })),
  'a secret more': inChoice(({ secrets }) => ({ secrets: { ...secrets, [FRESH]: 'a' } })),
  'one more that sets it apart': inChoice(({ distinct }) => ({ distinct: [...distinct, ''] })),
  'another bundle': (order) => ({ ...order, bundle: { ...order.bundle, digest: more(order.bundle.digest) } }),
};

describe('a key', () => {
  test('is the same for equal orders, in whatever order their members were written', () => {
    fc.assert(fc.property(anOrder, (order) => void expect(keyOf(turned(order))).toBe(keyOf(order))));
  });

  test.each(Object.keys(CHANGES))('is another for %s', (what) => {
    fc.assert(
      fc.property(anOrder, (order) => void expect(keyOf(CHANGES[what]?.(order) ?? order)).not.toBe(keyOf(order))),
      { numRuns: 50 },
    );
  });

  test('is another where a variable has another value or another type', () => {
    fc.assert(
      fc.property(anOrder, value, value, (order, one, other) => {
        const withValue = (held: Value) =>
          keyOf({ ...order, choice: { ...order.choice, variables: { ...order.choice.variables, [FRESH]: held } } });
        expect(withValue(one) === withValue(other)).toBe(canonicalText(one) === canonicalText(other));
      }),
    );
  });

  test('is the same whatever only labels the bake', () => {
    const label = fc.record(
      {
        labels: fc.dictionary(word, word),
        priority: fc.integer({ min: 1, max: 10 }),
        lane: word,
        imageSuffix: word,
        allowMissing: fc.boolean(),
        limits: fc.constant({ idleSeconds: 5 }),
        ci: fc.record({ job: word, number: word, url: word, host: word }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anOrder, label, (order, labels) => {
        expect(keyOf({ ...order, request: { ...order.request, ...labels } })).toBe(keyOf(order));
      }),
    );
  });
});

test('canonical text is JSON that says the same, and equal values have one text', () => {
  fc.assert(
    fc.property(value, (one) => {
      const plain = JSON.parse(JSON.stringify(one));
      expect(JSON.parse(canonicalText(one))).toEqual(plain);
      expect(canonicalText(turned(one))).toBe(canonicalText(one));
    }),
  );
});
