import { randomUUID } from 'node:crypto';
import { BAKE_STATES, type BakeState } from '@bakehouse/bake';
import { afterAll, expect, inject, test } from 'vitest';
import { runScript } from './script.ts';
import { abandonScript } from './scripts/abandon.ts';
import { beginScript } from './scripts/begin.ts';
import { endScript } from './scripts/end.ts';
import { enterScript } from './scripts/enter.ts';
import { aBakery, ask } from './testing/bakery.ts';
import { aFailure } from './testing/plans.ts';

const bakery = aBakery(inject('redisUrl'));
afterAll(bakery.close);
const queue = await bakery.open();
const { names, prefix, redis } = bakery;
const [at, now] = ['2026-01-02T03:04:05.678Z', Date.parse('2026-01-02T03:04:05.678Z')];
const ARTIFACTS = JSON.stringify([{ type: 'local/image', location: 'here', reference: 'x', name: 'x' }]);
const FAILURE = JSON.stringify(aFailure('unknown'));

// The steps as workers, callers and rounds take them.
const begin = async (id: string, run = 'run'): Promise<unknown[]> => {
  const told = await runScript(redis, beginScript, { keys: [names.bake(id)], args: [prefix, id, run, 'w@h', at, now] });
  return withoutRecord(told);
};
const end = async (id: string, to: BakeState, { run = 'run', attempt = 'used', fields = fieldsOf(to) } = {}) =>
  withoutRecord(
    await runScript(redis, endScript, {
      keys: [names.bake(id)],
      args: [prefix, id, run, to, attempt, at, now, ...fields],
    }),
  );
const abandon = async (id: string, state: BakeState, run = '') =>
  withoutRecord(
    await runScript(redis, abandonScript, { keys: [names.bake(id)], args: [prefix, id, state, run, FAILURE, at, now] }),
  );
const cancel = (id: string) => queue.cancel(id, { reason: 'enough', now: new Date(now) });

/** What a script answers in words. */
const withoutRecord = (told: unknown): unknown[] =>
  Array.isArray(told) ? told.filter((part) => !Array.isArray(part)) : [told];

function fieldsOf(to: BakeState): string[] {
  if (to === 'baked') return ['artifacts', ARTIFACTS];
  if (to === 'failed') return ['failure', FAILURE];
  return to === 'cancelled' ? ['reason', 'enough'] : [];
}

/** A bake brought to a state by legal steps. */
async function aBakeThatIs(state: BakeState): Promise<string> {
  const { id } = await ask(queue);
  if (state === 'waiting') return id;
  await begin(id);
  if (state !== 'baking') await end(id, state);
  expect(await queue.find(id)).toMatchObject({ state });
  return id;
}

test.each(['baked', 'failed', 'cancelled'] as const)('nothing changes a bake that is %s', async (state) => {
  const id = await aBakeThatIs(state);
  const before = await queue.find(id);
  expect(await begin(id, randomUUID())).toEqual(['ended', state]);
  for (const to of BAKE_STATES) expect(await end(id, to)).toEqual(['done', state]);
  for (const to of BAKE_STATES) expect(await end(id, to, { run: 'another' })).toEqual(['not-yours', state]);
  expect(await cancel(id)).toMatchObject({ answer: 'ended' });
  expect(await abandon(id, state, 'run')).toEqual([null]);
  await runScript(redis, enterScript, { keys: [names.bake(id)], args: ['run', 'building', at] });
  expect(await queue.find(id)).toEqual(before);
});

test('a waiting bake is begun, cancelled or abandoned, and cannot be laid down by anyone', async () => {
  const id = await aBakeThatIs('waiting');
  for (const to of BAKE_STATES) expect(await end(id, to)).toEqual(['not-yours', 'waiting']);
  expect(await queue.find(id)).toMatchObject({ state: 'waiting' });
  expect(await begin(id)).toEqual(['begun']);

  const other = await aBakeThatIs('waiting');
  expect(await cancel(other)).toMatchObject({ answer: 'cancelled' });
  const third = await aBakeThatIs('waiting');
  expect(await abandon(third, 'waiting')).toEqual(['failed']);
  expect(await queue.find(third)).toMatchObject({ state: 'failed', failure: aFailure('unknown') });
});

test.each(['baked', 'failed', 'cancelled', 'waiting'] as const)(
  'the run that has a baking bake can bring it to %s, once',
  async (to) => {
    const id = await aBakeThatIs('baking');
    expect(await end(id, to)).toEqual(['done', to]);
    expect(await queue.find(id)).toMatchObject({ state: to });
    // The answer may have been lost on the way and the step be sent again.
    expect(await end(id, 'failed')).toEqual(['done', to]);
    expect(await queue.find(id)).toMatchObject({ state: to });
  },
);

test('a run that began later takes the bake from the one before, for good', async () => {
  const id = await aBakeThatIs('baking');
  expect(await begin(id, 'later')).toEqual(['begun']);
  expect(await end(id, 'baked')).toEqual(['not-yours', 'baking']);
  await runScript(redis, enterScript, { keys: [names.bake(id)], args: ['run', 'building', at] });
  expect(await queue.find(id)).toMatchObject({ state: 'baking', attempts: 2, phases: [] });
  expect(await end(id, 'failed', { run: 'later' })).toEqual(['done', 'failed']);
});

test('to begin twice with the same run is to begin once', async () => {
  const { id } = await ask(queue);
  await begin(id);
  expect(await begin(id)).toEqual(['begun']);
  expect(await queue.find(id)).toMatchObject({ attempts: 1 });
});

test('an attempt counts when it failed and not when its worker left', async () => {
  const id = await aBakeThatIs('baking');
  await end(id, 'waiting', { fields: ['lastFailure', FAILURE] });
  expect(await queue.find(id)).toMatchObject({ attempts: 1, lastFailure: aFailure('unknown') });
  await begin(id, 'second');
  await end(id, 'waiting', { run: 'second', attempt: 'unused' });
  await end(id, 'waiting', { run: 'second', attempt: 'unused' });
  expect(await queue.find(id)).toMatchObject({ state: 'waiting', attempts: 1 });
});

test('of a stop and an end the first wins: a bake that was told to stop is baked or cancelled, whatever else is said', async () => {
  for (const [said, comesTo] of [
    ['baked', 'baked'],
    ['failed', 'cancelled'],
    ['waiting', 'cancelled'],
    ['cancelled', 'cancelled'],
  ] as const) {
    const id = await aBakeThatIs('baking');
    await cancel(id);
    expect(await end(id, said)).toEqual(['done', comesTo]);
    expect(await queue.find(id)).not.toHaveProperty('stopping', true);
  }
});

test('a bake that was told to stop and lost its worker is cancelled by whoever would begin it, or by the rounds', async () => {
  const id = await aBakeThatIs('baking');
  await cancel(id);
  expect(await begin(id, 'next')).toEqual(['cancelled']);
  expect(await begin(id, 'next')).toEqual(['cancelled']);
  expect(await end(id, 'cancelled')).toEqual(['not-yours', 'cancelled']);
  expect(await queue.find(id)).toMatchObject({ state: 'cancelled', reason: 'enough', attempts: 1 });
  const other = await aBakeThatIs('baking');
  await cancel(other);
  expect(await abandon(other, 'baking', 'run')).toEqual(['cancelled']);
});

test('a bake that moved on since one looked is not abandoned', async () => {
  const id = await aBakeThatIs('baking');
  expect(await abandon(id, 'waiting')).toEqual([null]);
  expect(await abandon(id, 'baking', 'an older run')).toEqual([null]);
  expect(await queue.find(id)).toMatchObject({ state: 'baking' });
});

test('a bake that is gone can be neither begun nor ended', async () => {
  expect(await begin('nobody')).toEqual(['gone']);
  expect(await end('nobody', 'baked')).toEqual(['not-yours', 'gone']);
  expect(await abandon('nobody', 'waiting')).toEqual([null]);
});
