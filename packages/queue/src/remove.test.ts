import { randomUUID } from 'node:crypto';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { BakeQueue, SubmitOptions } from './bake-queue.ts';
import { jobIdOf } from './names.ts';
import { type aBakery, ask, comesTo, inOurHands, until, untilStopped } from './testing/bakery.ts';
import { anImage, aPlan, failing } from './testing/plans.ts';
import { runProgram } from './testing/program.ts';
import { aWalkedBakery } from './testing/walked.ts';

const open = (settings?: object) => aWalkedBakery(inject('redisUrl'), onTestFinished, settings);

const because = { reason: 'nobody wants it', now: new Date('2026-01-02T03:04:05.678Z') };

const submit = (queue: BakeQueue, key: string, how: Partial<SubmitOptions> = {}) =>
  queue.submit(aPlan(key), { id: randomUUID(), now: new Date(), ifTwin: 'join', ...how });

/** What speaks of a bake in Redis, but for what is BullMQ's own. */
async function tracesOf(bakery: ReturnType<typeof aBakery>, id: string): Promise<string[]> {
  const ours = (await bakery.keys()).filter((key) => !key.includes(':bakes-'));
  const inSets = await Promise.all(
    ours.map(async (key) => {
      const kind = await bakery.redis.type(key);
      if (kind === 'zset') return (await bakery.redis.zscore(key, id)) !== null;
      return kind === 'set' && (await bakery.redis.sismember(key, id)) === 1;
    }),
  );
  return ours.filter((key, at) => key.includes(id) || inSets[at]);
}

test('a key for which nothing stands has nothing to remove', async () => {
  const { queue } = await open();
  expect(await queue.removeByKey('nobody', because)).toBeUndefined();
  const { id } = await ask(queue, 'cancelled');
  await queue.cancel(id, because);
  expect(await queue.removeByKey('cancelled', because)).toBeUndefined();
  expect(await queue.find(id)).toMatchObject({ state: 'cancelled' });
});

test('a waiting bake is gone with its job and every trace, and an equal call starts anew', async () => {
  const { bakery, queue } = await open();
  const { id } = await ask(queue, 'key', { labels: { team: 'red' } });
  expect(await queue.removeByKey('key', because)).toBe(id);
  expect(await queue.find(id)).toBeUndefined();
  expect(await tracesOf(bakery, id)).toEqual([]);
  expect(await queue.lanes[0]?.getJob(jobIdOf(id))).toBeUndefined();
  expect(await submit(queue, 'key')).toMatchObject({ answer: 'taken' });
});

test('what is baked goes with its log and the index of its images', async () => {
  const { bakery, queue } = await open();
  await bakery.consume({ bake: async ({ say }) => say(['a line']).then(() => anImage('/images/gone')) });
  const { id } = await ask(queue, 'key');
  await comesTo(queue, id, 'baked');
  expect(await queue.removeByKey('key', because)).toBe(id);
  expect((await queue.list({ image: '/images/gone', limit: 1 })).bakes).toEqual([]);
  expect(await queue.readLog(id)).toBeUndefined();
  // Its worker may have been sealing the log.
  await until(async () => (await tracesOf(bakery, id)).length === 0, 'nothing of it is left');
  expect(await queue.removeByKey('key', because)).toBeUndefined();
});

test('a bake that failed is the one of its key until another is, or it is removed', async () => {
  const { bakery, queue } = await open();
  await bakery.consume({ bake: async () => failing('template') });
  const first = await ask(queue, 'key');
  await comesTo(queue, first.id, 'failed');
  const second = await ask(queue, 'key');
  await comesTo(queue, second.id, 'failed');
  expect(await queue.removeByKey('key', because)).toBe(second.id);
  expect(await queue.removeByKey('key', because)).toBe(first.id);
  expect(await queue.removeByKey('key', because)).toBeUndefined();
});

test('a baking bake leaves its key at once, is stopped where it runs, and is forgotten when it has ended', async () => {
  const { bakery, queue, walk } = await open();
  const ours = inOurHands();
  await bakery.consume({
    bake: async (hand) =>
      ours
        .bake(hand)
        .then(() => until(async () => mayEnd, 'it may end'))
        .then(() => 'stopped'),
  });
  let mayEnd = false;
  const { id } = await ask(queue, 'key');
  const { signal } = await ours.hand(id);
  expect(await queue.removeByKey('key', because)).toBe(id);
  await until(async () => signal.aborted, 'its worker is told');
  expect(await queue.findByKey('key')).toBeUndefined();
  expect(await queue.find(id)).toMatchObject({ state: 'baking', stopping: true, removed: true });
  const next = await submit(queue, 'key');
  expect(next).toMatchObject({ answer: 'taken' });
  await walk();
  expect(await queue.find(id)).toBeDefined();

  mayEnd = true;
  expect(await comesTo(queue, id, 'cancelled')).toMatchObject({ removed: true, reason: 'nobody wants it' });
  await walk();
  expect(await queue.find(id)).toBeUndefined();
  expect(await tracesOf(bakery, id)).toEqual([]);
  expect(await queue.findByKey('key')).toMatchObject({ id: next.bake.id });
});

test('an image that was made before the stop came through does not bring a removed bake back', async () => {
  const { bakery, queue, walk } = await open();
  await bakery.consume({ bake: async (hand) => untilStopped(hand).then(() => anImage('/images/too-late')) });
  const { id } = await ask(queue, 'key');
  await comesTo(queue, id, 'baking');
  await queue.removeByKey('key', because);
  expect(await comesTo(queue, id, 'baked')).toMatchObject({ removed: true });
  expect(await queue.findByKey('key')).toBeUndefined();
  expect(await queue.removeByKey('key', because)).toBeUndefined();
  await walk();
  await until(async () => (await tracesOf(bakery, id)).length === 0, 'nothing of it is left');
});

test('a removed bake whose worker died is forgotten by the rounds', async () => {
  const { bakery, queue, walk } = await open();
  const doomed = runProgram('doomed-worker', [bakery.redisUrl, bakery.prefix]);
  onTestFinished(doomed.kill);
  const { id } = await ask(queue, 'key');
  expect(await doomed.line()).toBe(id);
  await doomed.kill();
  await queue.removeByKey('key', because);
  await walk();
  expect(await queue.find(id)).toMatchObject({ state: 'baking', removed: true });
  for (const worker of await queue.workers()) await bakery.redis.del(bakery.names.worker(worker.id));
  await walk();
  expect(await tracesOf(bakery, id)).toEqual([]);
});

test('a worker that finds the record of its bake gone stops', async () => {
  const { bakery, queue } = await open();
  const ours = inOurHands();
  await bakery.consume({ bake: ours.bake });
  const { id } = await ask(queue);
  const { signal } = await ours.hand(id);
  await bakery.redis.del(bakery.names.bake(id));
  await until(async () => signal.aborted, 'it stops');
});

test('a call that was answered by a removed bake before is not answered by it again', async () => {
  const { bakery, queue } = await open();
  await bakery.consume({ bake: untilStopped });
  const idempotency = { key: 'mine', fingerprint: 'f' };
  const { bake } = await submit(queue, 'key', { idempotency });
  await comesTo(queue, bake.id, 'baking');
  await queue.removeByKey('key', because);
  const again = await submit(queue, 'key', { idempotency });
  expect(again.answer).toBe('taken');
  expect(await submit(queue, 'key', { idempotency })).toMatchObject({ because: 'repeat', bake: { id: again.bake.id } });
});

test('an id is free again when its bake is forgotten, though BullMQ still knows the job', async () => {
  const { bakery, queue } = await open();
  await bakery.consume({ bake: async () => anImage('/images/x') });
  await submit(queue, 'key', { id: 'mine' });
  await until(async () => (await queue.lanes[0]?.getCompletedCount()) === 1, 'BullMQ is done with it');
  await queue.removeByKey('key', because);
  expect(await submit(queue, 'key', { id: 'mine' })).toMatchObject({ answer: 'taken' });
  await comesTo(queue, 'mine', 'baked');
});

test('of many calls and removals at once each call gets a bake that stands for the key, or was removed after it', async () => {
  const { bakery, queue, walk } = await open();
  await bakery.consume({ bake: untilStopped, slots: 4 });
  const other = await bakery.open();
  const steps = Array.from({ length: 60 }, (_, at) => at);
  const told = await Promise.all(
    steps.map(async (at) => {
      if (at % 3 === 0) return { removed: await other.removeByKey('key', because) };
      return { asked: (await submit(at % 2 ? queue : other, 'key')).bake.id };
    }),
  );
  const standing = await queue.findByKey('key');
  const removed = new Set(told.flatMap((each) => ('removed' in each && each.removed ? [each.removed] : [])));
  for (const each of told)
    if ('asked' in each) expect(removed.has(each.asked) || each.asked === standing?.id).toBe(true);
  await queue.removeByKey('key', because);
  await until(async () => {
    await walk();
    const { waiting, baking, cancelled } = await queue.counts();
    return waiting + baking + cancelled === 0;
  }, 'all are gone');
});
