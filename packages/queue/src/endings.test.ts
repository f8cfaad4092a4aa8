import { randomUUID } from 'node:crypto';
import type { BakeEnding } from '@bakehouse/bake';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { BakeQueue } from './bake-queue.ts';
import { aHand, begin } from './hand.ts';
import { openLanes } from './lanes.ts';
import { makeRounds } from './rounds.ts';
import { aBakery, ask, comesTo, inOurHands, until } from './testing/bakery.ts';
import { aFailure, anImage, aPlan, failing } from './testing/plans.ts';
import { layDown } from './verdict.ts';
import { LOG_BOUNDS } from './write-log.ts';

/** Two producers, a worker and rounds, each of which notes the ends it is told of. */
async function open() {
  const bakery = aBakery(inject('redisUrl'));
  onTestFinished(bakery.close);
  const told: Record<'asker' | 'other' | 'worker' | 'rounds', BakeEnding[]> = {
    asker: [],
    other: [],
    worker: [],
    rounds: [],
  };
  const queue = await bakery.open({}, (ending) => told.asker.push(ending));
  const other = await bakery.open({}, (ending) => told.other.push(ending));
  const store = { redis: bakery.redis, names: bakery.names };
  const lanes = openLanes(store, bakery.onTrouble);
  bakery.closes(() => lanes.close());
  const walk = () =>
    makeRounds({ store, lanes, onTrouble: bakery.onTrouble, onEnd: (ending) => told.rounds.push(ending) }, new Date());
  const ours = inOurHands();
  const consume = () => bakery.consume({ slots: 8, bake: ours.bake, onEnd: (ending) => told.worker.push(ending) });
  return { bakery, store, queue, other, walk, ours, consume, told };
}

const because = { reason: 'enough', now: new Date() };
const nobody = { asker: [], other: [], worker: [], rounds: [] };

test('a worker tells what it laid down, with region, time and class, and nobody else does', async () => {
  const { queue, ours, consume, told } = await open();
  await consume();
  const [good, bad, stopped] = [await ask(queue), await ask(queue), await ask(queue)];
  for (const { id } of [good, bad, stopped]) await ours.hand(id);
  ours.end(good.id, anImage('/images/a'));
  await comesTo(queue, good.id, 'baked');
  ours.end(bad.id, failing('package'));
  await comesTo(queue, bad.id, 'failed');
  await queue.cancel(stopped.id, because);
  const { askedAt, finishedAt } = await comesTo(queue, stopped.id, 'cancelled');

  await until(async () => told.worker.length === 3, 'all are told');
  const seconds = expect.any(Number);
  const where = { provider: 'local', region: 'here', seconds };
  expect(told).toEqual({
    ...nobody,
    worker: [
      { id: good.id, ...where, state: 'baked' },
      { id: bad.id, ...where, state: 'failed', class: 'package' },
      { id: stopped.id, ...where, state: 'cancelled' },
    ],
  });
  expect(told.worker[2]?.seconds).toBeCloseTo((Date.parse(finishedAt) - Date.parse(askedAt)) / 1000, 3);
});

const NEVER_BEGUN: Record<string, (queue: BakeQueue, id: string) => Promise<unknown>> = {
  'that is cancelled': (queue, id) => queue.cancel(id, because),
  'that is superseded': (queue) =>
    queue.submit(aPlan('the key'), { id: randomUUID(), now: new Date(), ifTwin: 'supersede' }),
  'that is deleted by its key': (queue) => queue.removeByKey('the key', because),
  'that is released': (queue) => queue.release(['E1'], because),
};

test.each(Object.entries(NEVER_BEGUN))(
  'a waiting bake %s is told of once, by the producer that did it',
  async (...of) => {
    const [, end] = of;
    const { queue, other, told } = await open();
    const id = randomUUID();
    await queue.submit(aPlan('the key'), { id, now: new Date(), ifTwin: 'join', group: 'E1' });
    await end(other, id);
    await end(queue, id).catch(() => undefined);
    const ofThis = (endings: BakeEnding[]) => endings.filter((ending) => ending.id === id);
    expect(ofThis(told.other)).toMatchObject([{ id, state: 'cancelled', region: 'here' }]);
    expect(ofThis(told.asker)).toEqual([]);
  },
);

test('a baking bake that is cancelled by one who does not bake it is told of by its worker alone', async () => {
  const { queue, other, ours, consume, told } = await open();
  await consume();
  const id = randomUUID();
  await queue.submit(aPlan('the key'), { id, now: new Date(), ifTwin: 'join', group: 'E1' });
  await ours.hand(id);
  await other.release(['E1'], because);
  await until(async () => told.worker.length > 0, 'its end is told');
  expect(told).toMatchObject({ ...nobody, worker: [{ id, state: 'cancelled' }] });
});

test('a bake that only waits again has not ended', async () => {
  const { queue, ours, consume, told } = await open();
  const consumer = await consume();
  const { id } = await ask(queue);
  await ours.hand(id);
  consumer.stopNow();
  await comesTo(queue, id, 'waiting');
  await consumer.drain();
  expect(told).toEqual(nobody);
});

test('a bake that the rounds end is told of by them, and not by the run that comes too late', async () => {
  const { bakery, store, queue, walk, told } = await open();
  const { id } = await ask(queue);
  const hand = aHand(id);
  await begin(store, hand, { worker: 'gone@test', bounds: LOG_BOUNDS });
  await queue.cancel(id, because);
  await walk();
  expect(told).toMatchObject({ ...nobody, rounds: [{ id, state: 'cancelled' }] });

  const late = await layDown(store, hand, {
    verdict: { to: 'cancelled', fields: { reason: 'cancelled' } },
    onTrouble: bakery.onTrouble,
  });
  expect(late).toEqual({ state: 'cancelled', ending: undefined });
});

test('a bake that was told to stop and is begun again ends by that, told to the one who began it', async () => {
  const { bakery, store, queue } = await open();
  const { id } = await ask(queue);
  const former = aHand(id);
  await begin(store, former, { worker: 'gone@test', bounds: LOG_BOUNDS });
  await queue.cancel(id, because);
  const next = aHand(id);
  const ended = { id, state: 'cancelled' };
  expect(await begin(store, next, { worker: 'next@test', bounds: LOG_BOUNDS })).toMatchObject(ended);
  const verdict = { to: 'failed' as const, fields: { failure: '{}' }, failure: aFailure('unknown') };
  expect(await layDown(store, former, { verdict, onTrouble: bakery.onTrouble })).toBeUndefined();
});

test('an answer that was lost on the way is given again to the run that asks again', async () => {
  const { bakery, store, queue } = await open();
  const { id } = await ask(queue);
  const hand = aHand(id);
  await begin(store, hand, { worker: 'w@test', bounds: LOG_BOUNDS });
  const failure = aFailure('package');
  const verdict = { to: 'failed' as const, fields: { failure: JSON.stringify(failure) }, failure };
  const told = await layDown(store, hand, { verdict, onTrouble: bakery.onTrouble });
  expect(told).toMatchObject({ state: 'failed', ending: { id, state: 'failed', class: 'package' } });
  expect(await layDown(store, hand, { verdict, onTrouble: bakery.onTrouble })).toEqual(told);
});
