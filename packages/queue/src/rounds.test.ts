import { expect, inject, onTestFinished, test } from 'vitest';
import { forgetSurplus } from './forget.ts';
import { jobIdOf } from './names.ts';
import { ask, comesTo, inOurHands, until, untilStopped } from './testing/bakery.ts';
import { anImage } from './testing/plans.ts';
import { runProgram } from './testing/program.ts';
import { aWalkedBakery } from './testing/walked.ts';

const open = () => aWalkedBakery(inject('redisUrl'), onTestFinished);

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

test('a bake whose job got lost is delivered again', async () => {
  const { bakery, queue, walk } = await open();
  const { id } = await ask(queue);
  await queue.lanes[0]?.remove(jobIdOf(id));
  await walk();
  await bakery.consume({ bake: async () => anImage('x') });
  expect(await comesTo(queue, id, 'baked')).toMatchObject({ attempts: 1 });
});

test('a bake that a worker holds is left to it, even without a job', async () => {
  const { bakery, queue, walk } = await open();
  const ours = inOurHands();
  await bakery.consume({ bake: ours.bake });
  const { id } = await ask(queue);
  await ours.hand(id);
  await bakery.redis.del(bakery.names.job('default', id));
  await walk();
  expect(await bakery.redis.exists(bakery.names.job('default', id))).toBe(0);
  ours.end(id, anImage('x'));
  await comesTo(queue, id, 'baked');
});

test('a bake whose job BullMQ has given up fails as worker-lost, and its key is free', async () => {
  const { bakery, queue, walk } = await open();
  const { id } = await ask(queue, 'given up');
  await bakery.redis.hset(
    bakery.names.job('default', id),
    'finishedOn',
    Date.now(),
    'failedReason',
    'job stalled more than allowable limit',
  );
  await walk();
  expect(await queue.find(id)).toMatchObject({
    state: 'failed',
    failure: { class: 'worker-lost', message: expect.stringContaining('stalled') },
  });
  expect(await queue.findByKey('given up')).toBeUndefined();
});

test('a bake that was told to stop is cancelled when its worker died instead', async () => {
  const { bakery, queue, walk } = await open();
  const doomed = runProgram('doomed-worker', [bakery.redisUrl, bakery.prefix]);
  onTestFinished(doomed.kill);
  const { id } = await ask(queue);
  expect(await doomed.line()).toBe(id);
  await doomed.kill();
  await queue.cancel(id, { reason: 'enough', now: new Date() });
  await walk();
  expect(await queue.find(id)).toMatchObject({ state: 'baking', stopping: true });

  for (const worker of await queue.workers()) await bakery.redis.del(bakery.names.worker(worker.id));
  await walk();
  expect(await queue.find(id)).toMatchObject({ state: 'cancelled', reason: 'enough' });
  // Its line was said; the log of a bake that ended without a worker is sealed by the same walk.
  expect(await bakery.redis.exists(bakery.names.log(id))).toBe(0);
  expect(await queue.readLog(id)).toMatchObject({ cursor: 1 });
});

test('an ended bake is forgotten with every trace when its time is over, and a live one never', async () => {
  const { bakery, queue, walk } = await open();
  await bakery.consume({ bake: async ({ say, id }) => say(['line 1']).then(() => anImage(id)) });
  const ended = await ask(queue, 'ended', { labels: { team: 'red' } });
  const live = await ask(queue, 'live', { lane: 'unserved' });
  await comesTo(queue, ended.id, 'baked');
  await until(async () => (await queue.lanes[0]?.getCompletedCount()) === 1, 'BullMQ is done with it');

  await walk(inDays(1.9));
  expect(await queue.find(ended.id)).toBeDefined();
  await walk(inDays(2.1));
  expect(await queue.find(ended.id)).toBeUndefined();
  expect(await queue.findByKey('ended')).toBeUndefined();
  expect(await queue.readLog(ended.id)).toBeUndefined();
  expect((await bakery.keys()).filter((key) => key.includes(ended.id) && !key.includes(':bakes-'))).toEqual([]);
  expect((await bakery.keys()).filter((key) => key.includes('team=red') || key.includes('image-of-ended'))).toEqual([]);
  expect(await queue.find(live.id)).toMatchObject({ state: 'waiting' });
});

test('of too many ended bakes the oldest are forgotten', async () => {
  const { queue, store } = await open();
  const asked: string[] = [];
  for (let at = 0; at < 5; at += 1) {
    const { id } = await ask(queue);
    asked.push(id);
    await queue.cancel(id, { reason: '', now: new Date(Date.now() + at) });
  }
  await forgetSurplus(store, 2);
  expect((await queue.list({ limit: 10 })).bakes.map(({ id }) => id)).toEqual(asked.slice(3).toReversed());
  expect(await queue.counts()).toMatchObject({ cancelled: 2 });
});

test('of too many the oldest are forgotten though a shorter retention ends the newest first', async () => {
  const { bakery, queue: patient, store } = await open();
  const hasty = await bakery.open({ retention: { days: 1 } });
  const asked: string[] = [];
  for (const queue of [patient, patient, hasty, patient, hasty]) {
    const { id } = await ask(queue);
    asked.push(id);
    await queue.cancel(id, { reason: '', now: new Date() });
  }
  await forgetSurplus(store, 3);
  expect((await patient.list({ limit: 10 })).bakes.map(({ id }) => id)).toEqual(asked.slice(2).toReversed());
});

test('a record that cannot be read is told of, and the others are mended all the same', async () => {
  const { bakery, queue, walk } = await open();
  const [broken, lost] = [await ask(queue), await ask(queue)];
  await bakery.redis.hset(bakery.names.bake(broken.id), 'identity', '{"id":"half a rec');
  await queue.lanes[0]?.remove(jobIdOf(lost.id));
  await walk();
  expect(bakery.troubles.map(({ message }) => message)).toContainEqual(
    expect.stringContaining(`bake ${broken.id} cannot be mended`),
  );
  expect(await queue.lanes[0]?.getJob(jobIdOf(lost.id))).toBeDefined();
});

test('a record that cannot be read is forgotten in its time like any other', async () => {
  const { bakery, queue, walk } = await open();
  const { id } = await ask(queue);
  await queue.cancel(id, { reason: '', now: new Date() });
  await bakery.redis.hset(bakery.names.bake(id), 'identity', 'torn');
  await walk(inDays(3));
  expect(await queue.find(id)).toBeUndefined();
  expect(await queue.counts()).toMatchObject({ cancelled: 0 });
});

test('rounds leave bakes alone that are as they should be', async () => {
  const { bakery, queue, walk } = await open();
  await bakery.consume({ bake: untilStopped, slots: 1 });
  const baking = await ask(queue);
  await comesTo(queue, baking.id, 'baking');
  const waiting = await ask(queue);
  const before = await Promise.all([queue.find(baking.id), queue.find(waiting.id)]);
  await walk();
  expect(await Promise.all([queue.find(baking.id), queue.find(waiting.id)])).toEqual(before);
});

test('a producer forgets what is too much also where others make the rounds each time', async () => {
  const { bakery } = await open();
  const queue = await bakery.open({ retention: { bakes: 10 } });
  await bakery.redis.set(bakery.names.rounds, 'others walk', 'PX', 60_000);
  for (let at = 0; at < 13; at += 1) await queue.cancel((await ask(queue)).id, { reason: '', now: new Date() });
  expect(await queue.counts()).toMatchObject({ cancelled: 13 });
  await until(async () => (await queue.counts()).cancelled === 10, 'the oldest are forgotten');
});

test('where the settings do not say how long, an ended bake is kept for 14 days', async () => {
  const { bakery, walk } = await open();
  const queue = await bakery.open();
  const { id } = await ask(queue);
  await queue.cancel(id, { reason: '', now: new Date() });
  await walk(inDays(13.9));
  expect(await queue.find(id)).toBeDefined();
  await walk(inDays(14.1));
  expect(await queue.find(id)).toBeUndefined();
});
