import { expect, inject, onTestFinished, test } from 'vitest';
import { jobIdOf } from './names.ts';
import { aBakery, ask, comesTo, inOurHands, until, untilStopped } from './testing/bakery.ts';
import { anImage, failing } from './testing/plans.ts';

/** One producer asks, another one cancels, a worker bakes: three strangers with one Redis. */
async function strangers(settings: object = {}) {
  const bakery = aBakery(inject('redisUrl'));
  onTestFinished(bakery.close);
  return { bakery, asker: await bakery.open(settings), queue: await bakery.open(settings) };
}

const because = { reason: 'the pipeline was stopped', now: new Date('2026-01-02T03:04:05.678Z') };

test('a waiting bake is cancelled by the time the call returns', async () => {
  const { asker, queue } = await strangers();
  const { id } = await ask(asker, 'waiting');
  expect(await queue.cancel(id, because)).toMatchObject({
    answer: 'cancelled',
    bake: { state: 'cancelled', reason: 'the pipeline was stopped', finishedAt: '2026-01-02T03:04:05.678Z' },
  });
  expect(await queue.lanes[0]?.getJob(jobIdOf(id))).toBeUndefined();
  expect(await queue.findByKey('waiting')).toBeUndefined();
});

test('an ended bake stays as it is, and an unknown one is unknown', async () => {
  const { asker, queue } = await strangers();
  const { id } = await ask(asker);
  const ended = await queue.cancel(id, because);
  expect(await queue.cancel(id, { reason: 'again', now: new Date() })).toEqual({ ...ended, answer: 'ended' });
  expect(await queue.cancel('nobody', because)).toEqual({ answer: 'unknown' });
});

test('a baking bake is told to stop wherever it runs, and is cancelled when its worker is done with it', async () => {
  const { bakery, asker, queue } = await strangers();
  const ours = inOurHands();
  const ends: unknown[] = [];
  await bakery.consume({ bake: ours.bake, onEnd: (end) => ends.push(end) });
  const { id } = await ask(asker, 'baking');
  const { signal } = await ours.hand(id);
  const asked = Date.now();
  expect(await queue.cancel(id, because)).toMatchObject({
    answer: 'stopping',
    bake: { state: 'baking', stopping: true },
  });
  expect(await queue.findByKey('baking')).toBeUndefined();

  await until(async () => signal.aborted, 'the worker is told');
  expect(signal.reason).toBe('cancelled');
  expect(Date.now() - asked).toBeLessThan(1_500);
  expect(await comesTo(queue, id, 'cancelled')).toMatchObject({ reason: 'the pipeline was stopped', attempts: 1 });
  await until(async () => ends.length > 0, 'the worker’s program is told');
  expect(ends).toMatchObject([{ id, state: 'cancelled' }]);
});

test('a worker that cannot hear finds the flag by looking', async () => {
  const { bakery, asker, queue } = await strangers();
  await bakery.consume({ bake: untilStopped });
  const { id } = await ask(asker);
  await comesTo(queue, id, 'baking');
  await bakery.redis.hset(bakery.names.bake(id), 'stopping', '1', 'stopReason', 'said while nobody heard');
  expect(await comesTo(queue, id, 'cancelled')).toMatchObject({ reason: 'said while nobody heard' });
});

test('a failure that would be tried again is not, once the bake was told to stop', async () => {
  const { bakery, asker, queue } = await strangers();
  await bakery.consume({ bake: async (hand) => untilStopped(hand).then(() => failing('network')) });
  const { id } = await ask(asker);
  await comesTo(queue, id, 'baking');
  await queue.cancel(id, because);
  await comesTo(queue, id, 'cancelled');
});

test('an image that was made before the stop came through is kept: the bake is baked, and nothing else', async () => {
  const { bakery, asker, queue } = await strangers();
  await bakery.consume({ bake: async (hand) => untilStopped(hand).then(() => anImage('/images/just-in-time')) });
  const { id } = await ask(asker);
  await comesTo(queue, id, 'baking');
  await queue.cancel(id, because);
  await comesTo(queue, id, 'baked');
  expect(await queue.cancel(id, because)).toMatchObject({ answer: 'ended', bake: { state: 'baked' } });
});

test('a bake that waits for its next try is cancelled at once', async () => {
  const { bakery, asker, queue } = await strangers({ retryDelaySeconds: 3_600 });
  await bakery.consume({ bake: async () => failing('network') });
  const { id } = await ask(asker);
  await until(async () => (await queue.find(id))?.lastFailure, 'the first try has failed');
  await until(async () => (await queue.lanes[0]?.getJobState(jobIdOf(id))) === 'delayed', 'BullMQ holds it back');
  expect(await queue.cancel(id, because)).toMatchObject({ answer: 'cancelled', bake: { attempts: 1 } });
  expect(await queue.lanes[0]?.getJob(jobIdOf(id))).toBeUndefined();
});
