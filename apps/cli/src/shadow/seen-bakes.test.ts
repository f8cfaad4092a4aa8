import { expect, test } from 'vitest';
import { type Creation, openSeenBakes, type SeenBake } from './seen-bakes.ts';

const aBake = (id: string, members: Partial<SeenBake> = {}): SeenBake => ({
  id,
  classicKey: 'bake:aws:noble:hello',
  key: 'k',
  recipe: { provider: 'aws', region: 'eu-west-1', imageName: 'hello-all-1-noble' },
  ownNames: [],
  copiedTo: [],
  naming: { suffix: '1', askedMs: 0 },
  build: { build_info_url: null, build_number: null },
  ...members,
});

const plain: Creation = { rebake: 'no', state: 'RUNNING', settled: true, ownId: false };

test('a second bake for a key is wrong while the first is known to stand', () => {
  const bakes = openSeenBakes();
  expect(bakes.created(aBake('a'), { ...plain, state: 'COMPLETED' })).toEqual([]);
  expect(bakes.created(aBake('b'), plain)).toMatchObject([{ kind: 'key', upstream: expect.stringContaining('b') }]);
});

test.each<[string, (bakes: ReturnType<typeof openSeenBakes>) => void, Partial<Creation>]>([
  ['it has failed', (bakes) => bakes.found('a', 'CANCELED'), {}],
  ['nobody knows it', (bakes) => bakes.found('a', 'gone'), {}],
  ['its key was deleted', (bakes) => bakes.released('bake:aws:noble:hello'), {}],
  ['any key may have been deleted', (bakes) => bakes.released(), {}],
  [
    'its key was deleted, though it is still there',
    (bakes) => {
      bakes.released();
      bakes.found('a', 'COMPLETED');
    },
    {},
  ],
  ['it is to be baked again', () => {}, { rebake: 'yes' }],
  ['keys were taken away at the same time', () => {}, { settled: false }],
  ['it may have failed by then', () => {}, { state: 'RUNNING' }],
])('a second bake for a key is right where %s', (_where, happen, creation) => {
  const bakes = openSeenBakes();
  bakes.created(aBake('a'), { ...plain, state: creation.state ?? 'COMPLETED' });
  happen(bakes);
  expect(bakes.created(aBake('b'), { ...plain, ...creation })).toEqual([]);
});

test('a bake that was passed over while it ran is told of when it turns out to have stood, and only then', () => {
  for (const [state, differences] of [
    ['RUNNING', 1],
    ['COMPLETED', 1],
    ['CANCELED', 0],
    ['gone', 0],
  ] as const) {
    const bakes = openSeenBakes();
    bakes.created(aBake('a'), plain);
    bakes.created(aBake('b'), plain);
    expect(bakes.found('a', state), state).toHaveLength(differences);
    expect(bakes.found('a', state), state).toEqual([]);
  }
});

test('one bake for two keys is wrong, but for a caller who names the id', () => {
  const bakes = openSeenBakes();
  bakes.created(aBake('a'), plain);
  const other = aBake('a', { classicKey: 'bake:aws:noble:world' });
  expect(bakes.created(other, plain)).toMatchObject([{ kind: 'key', where: 'one bake for two keys' }]);
  expect(bakes.created(other, { ...plain, ownId: true })).toMatchObject([{ meant: 'D6' }]);
});

test('one bake for what we would bake twice is meant', () => {
  const bakes = openSeenBakes();
  bakes.created(aBake('a'), plain);
  expect(bakes.created(aBake('a', { key: 'l' }), plain)).toMatchObject([{ kind: 'key', meant: 'D4' }]);
  expect(bakes.created(aBake('a'), plain)).toEqual([]);
});
