import type { Bake } from '@bakehouse/bake';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { BakeEnd, BakeInHand } from './consumer.ts';
import { jobIdOf } from './names.ts';
import { aBakery, ask, comesTo, inOurHands, pause, until, untilStopped } from './testing/bakery.ts';
import { aBundle, anImage, failing } from './testing/plans.ts';
import { runProgram } from './testing/program.ts';

const HASTY = { lockMs: 1_000, checkEveryMs: 500, losses: 2 };

function open() {
  const bakery = aBakery(inject('redisUrl'));
  onTestFinished(bakery.close);
  return bakery;
}

/** Bakes at once, and notes what was baked. */
const noting =
  (order: string[], note: (hand: BakeInHand) => string) =>
  async (hand: BakeInHand): Promise<BakeEnd> => {
    order.push(note(hand));
    return anImage(hand.id);
  };

test('a worker gets the recipe, the bundle and the attempt, and what it hands back is in the record', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const bundle = aBundle('a template');
  const asked = await ask(queue, 'whole', { bundle });
  const seen: unknown[] = [];
  const ends: unknown[] = [];
  await bakery.consume({
    workerId: 'w-1@host',
    bake: async (hand) => {
      await hand.enter('staging');
      await hand.enter('building');
      await hand.enter('building');
      seen.push({ id: hand.id, recipe: hand.recipe, attempt: hand.attempt, bundle: await hand.bundle() });
      return anImage('/images/whole');
    },
    onEnd: (end) => ends.push(end),
  });

  const baked = await comesTo(queue, asked.id, 'baked');
  expect(baked).toMatchObject({ worker: 'w-1@host', attempts: 1, artifacts: [{ reference: '/images/whole' }] });
  expect(baked.phases.map(({ phase }) => phase)).toEqual(['staging', 'building']);
  expect(seen).toEqual([{ id: asked.id, recipe: asked.recipe, attempt: 1, bundle }]);
  await until(async () => ends.length > 0, 'the end is told');
  expect(ends).toMatchObject([{ id: asked.id, state: 'baked' }]);
});

test('a failure worth another try is tried again after a delay that grows, until the attempts are used up', async () => {
  const bakery = open();
  const queue = await bakery.open({ attempts: 3, retryDelaySeconds: 1 });
  const begun: number[] = [];
  await bakery.consume({
    bake: async () => {
      begun.push(Date.now());
      return failing('network');
    },
  });
  const { id } = await ask(queue);
  expect(await comesTo(queue, id, 'failed')).toMatchObject({
    attempts: 3,
    failure: { class: 'network' },
    lastFailure: { class: 'network' },
  });
  const [first = 0, second = 0, third = 0] = begun;
  expect(begun).toHaveLength(3);
  expect(second - first).toBeGreaterThanOrEqual(650);
  expect(third - second).toBeGreaterThanOrEqual(1_350);
});

test('a failure of the recipe is not tried again, and BullMQ keeps little of it', async () => {
  const bakery = open();
  const queue = await bakery.open({ retryDelaySeconds: 1 });
  const long = failing('template');
  if (!long.outcome.ok) long.outcome.no.message = 'x'.repeat(100_000);
  await bakery.consume({ bake: async () => long });
  const { id } = await ask(queue);
  expect(await comesTo(queue, id, 'failed')).toMatchObject({ attempts: 1, failure: { class: 'template' } });
  await until(async () => (await queue.lanes[0]?.getFailedCount()) === 1, 'BullMQ knows');
  const job = await queue.lanes[0]?.getJob(jobIdOf(id));
  expect(JSON.stringify(job).length).toBeLessThan(4_000);
});

test('a worker program that throws is a broken machine: tried again, and told in the failure', async () => {
  const bakery = open();
  const queue = await bakery.open({ attempts: 2, retryDelaySeconds: 1 });
  await bakery.consume({
    bake: async () => {
      throw new Error('no space left on device');
    },
  });
  const { id } = await ask(queue);
  expect(await comesTo(queue, id, 'failed')).toMatchObject({
    attempts: 2,
    failure: { class: 'host', message: 'the worker could not bake it: no space left on device' },
  });
});

test('a worker that is shut down gives its bake back: no attempt used, first in its line, taken over by another', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const first = inOurHands();
  const leaving = await bakery.consume({ bake: first.bake, slots: 1 });
  const [given, next] = [await ask(queue, 'given back'), await ask(queue, 'next in line')];
  const { signal } = await first.hand(given.id);

  leaving.stopNow();
  await leaving.drain();
  expect(signal.reason).toBe('shutdown');
  expect(await queue.find(given.id)).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(await queue.find(given.id)).not.toHaveProperty('startedAt');
  await leaving.close();

  const order: string[] = [];
  await bakery.consume({ slots: 1, bake: noting(order, ({ id, attempt }) => `${id} ${attempt}`) });
  await comesTo(queue, next.id, 'baked');
  expect(order).toEqual([`${given.id} 1`, `${next.id} 1`]);
});

test('a worker that drains finishes what it holds and takes nothing new', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const ours = inOurHands();
  const draining = await bakery.consume({ bake: ours.bake, slots: 2 });
  const held = await ask(queue, 'held');
  await ours.hand(held.id);
  const drained = draining.drain();
  const late = await ask(queue, 'late');
  await pause(1_500);
  expect(draining.inHand()).toEqual([held.id]);
  expect(await queue.workers()).toMatchObject([{ draining: true, baking: [held.id] }]);

  ours.end(held.id, anImage('/images/held'));
  await drained;
  await comesTo(queue, held.id, 'baked');
  expect(await queue.find(late.id)).toMatchObject({ state: 'waiting', attempts: 0 });
  await draining.close();
  expect(await queue.workers()).toEqual([]);
});

test('the bake of a worker that was killed is baked by another one', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const doomed = runProgram('doomed-worker', [bakery.redisUrl, bakery.prefix, JSON.stringify(HASTY)]);
  onTestFinished(doomed.kill);
  const { id } = await ask(queue);
  expect(await doomed.line()).toBe(id);
  await doomed.kill();

  await bakery.consume({ patience: HASTY, bake: async (hand) => anImage(`/images/${hand.attempt}`) });
  expect(await comesTo(queue, id, 'baked')).toMatchObject({ attempts: 2, artifacts: [{ reference: '/images/2' }] });
  const log = await queue.readLog(id);
  expect(log?.pieces.map((piece) => ('line' in piece ? piece.line.text : ''))).toEqual([
    expect.stringMatching(/^held by/),
    '— attempt 2 —',
  ]);
});

test('a bake that loses one worker after the other fails as worker-lost', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const patience = { ...HASTY, losses: 1 };
  const { id } = await ask(queue);
  for (const _ of [1, 2]) {
    const doomed = runProgram('doomed-worker', [bakery.redisUrl, bakery.prefix, JSON.stringify(patience)]);
    onTestFinished(doomed.kill);
    expect(await doomed.line()).toBe(id);
    await doomed.kill();
  }
  const ends: unknown[] = [];
  await bakery.consume({ patience, bake: async () => anImage('/never'), onEnd: (end) => ends.push(end) });
  expect(await comesTo(queue, id, 'failed')).toMatchObject({ attempts: 2, failure: { class: 'worker-lost' } });
  await until(async () => ends.length > 0, 'the end is told');
  expect(ends).toMatchObject([{ id, state: 'failed', class: 'worker-lost' }]);
});

test('a worker that lost its hold is stopped, and what it says afterwards counts for nothing', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const zombie = inOurHands();
  const { id } = await ask(queue);
  const first = await bakery.consume({
    patience: HASTY,
    slots: 1,
    bake: async (hand) => {
      await Promise.race([zombie.bake(hand), untilStopped(hand)]);
      await hand.say(['a line from beyond']);
      return anImage('/images/zombie');
    },
  });
  const { signal } = await zombie.hand(id);
  // What a long pause of the machine does: the hold is over, and BullMQ hands the job to somebody else.
  const token = bakery.names.job('default', id);
  await bakery.redis.set(`${token}:lock`, 'somebody else', 'PX', 60_000);
  await bakery.redis.hset(bakery.names.bake(id), 'run', 'somebody else');

  await until(async () => signal.aborted, 'the first worker is stopped');
  expect(signal.reason).toBe('lost');
  await first.drain();
  expect(await queue.find(id)).toMatchObject({ state: 'baking' });
  expect(await queue.readLog(id)).toMatchObject({ pieces: [] });
});

test('the most urgent bakes are begun first, and equals in the order they came', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const asked: Bake[] = [];
  for (const [at, priority] of [5, 10, 1, 5, 1].entries()) asked.push(await ask(queue, `${at}`, { priority }));
  const order: string[] = [];
  await bakery.consume({ slots: 1, bake: noting(order, ({ id }) => id) });
  await until(async () => order.length === 5, 'all are baked');
  expect(order).toEqual([2, 4, 0, 3, 1].map((at) => asked[at]?.id));
});

test('a lane’s cap holds over all workers, and goes when the settings say no cap', async () => {
  const bakery = open();
  const queue = await bakery.open({ lanes: { default: { cap: 2 } } });
  let [now, most] = [0, 0];
  const bake = async () => {
    now += 1;
    most = Math.max(most, now);
    await pause(60);
    now -= 1;
    return anImage('x');
  };
  await bakery.consume({ slots: 3, bake });
  await bakery.consume({ slots: 3, bake });
  const asked = await Promise.all(Array.from({ length: 10 }, (_, at) => ask(queue, `${at}`)));
  for (const { id } of asked) await comesTo(queue, id, 'baked');
  expect(most).toBe(2);

  await bakery.open();
  most = 0;
  const more = await Promise.all(Array.from({ length: 12 }, (_, at) => ask(queue, `more ${at}`)));
  for (const { id } of more) await comesTo(queue, id, 'baked');
  expect(most).toBeGreaterThan(2);
});

test('several lanes share a worker’s slots: all of them for one when the other is idle, never more', async () => {
  const bakery = open();
  const queue = await bakery.open({ lanes: { default: {}, slow: {} } });
  let most = 0;
  const ours = inOurHands();
  const consumer = await bakery.consume({
    lanes: ['default', 'slow'],
    slots: 2,
    bake: (hand) => {
      most = Math.max(most, consumer.inHand().length);
      return ours.bake(hand);
    },
  });
  const slow = [
    await ask(queue, 's1', { lane: 'slow' }),
    await ask(queue, 's2', { lane: 'slow' }),
    await ask(queue, 's3', { lane: 'slow' }),
  ];
  await until(async () => consumer.inHand().length === 2, 'one lane has both slots');
  const other = await ask(queue, 'd1');
  await pause(1_500);
  expect((await queue.find(other.id))?.state).toBe('waiting');

  for (const { id } of [...slow, other]) {
    await ours.hand(id);
    ours.end(id, anImage(id));
  }
  for (const { id } of [...slow, other]) expect(await comesTo(queue, id, 'baked')).toMatchObject({ attempts: 1 });
  expect(most).toBe(2);
});

test('workers are known while they are there, with what they hold', async () => {
  const bakery = open();
  const queue = await bakery.open();
  const consumer = await bakery.consume({ workerId: 'w-9@host', bake: untilStopped, slots: 3 });
  const { id } = await ask(queue);
  await comesTo(queue, id, 'baking');
  expect(await queue.workers()).toMatchObject([
    { id: 'w-9@host', slots: 3, lanes: ['default'], packer: '1.6.6', draining: false, baking: [id] },
  ]);
  consumer.stopNow();
  await consumer.drain();
  await consumer.close();
  await bakery.redis.sadd(bakery.names.workers, 'died@unheard');
  expect(await queue.workers()).toEqual([]);
  expect(await bakery.redis.exists(bakery.names.workers)).toBe(0);
});
