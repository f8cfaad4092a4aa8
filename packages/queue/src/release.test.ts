import { randomUUID } from 'node:crypto';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { BakeQueue, SubmitOptions } from './bake-queue.ts';
import { comesTo, pause, until, untilStopped } from './testing/bakery.ts';
import { anImage, aPlan } from './testing/plans.ts';
import { aWalkedBakery } from './testing/walked.ts';

const open = () => aWalkedBakery(inject('redisUrl'), onTestFinished);

const release = (queue: BakeQueue, ...groups: string[]) =>
  queue.release(groups, { reason: 'the execution was cleared away', now: new Date() });

async function use(queue: BakeQueue, key: string, how: Partial<SubmitOptions>) {
  const { bake } = await queue.submit(aPlan(key), { id: randomUUID(), now: new Date(), ifTwin: 'join', ...how });
  return bake.id;
}

test('the bakes that only one execution uses go with it, whatever state they are in', async () => {
  const { bakery, queue, walk } = await open();
  await bakery.consume({
    slots: 1,
    bake: (hand) => (hand.recipe.imageName === 'image-of-baked' ? bakeIt() : untilStopped(hand)),
  });
  const bakeIt = async () => anImage('/images/a');
  const baked = await use(queue, 'baked', { group: 'E1' });
  await comesTo(queue, baked, 'baked');
  const baking = await use(queue, 'baking', { group: 'E1' });
  await comesTo(queue, baking, 'baking');
  const waiting = await use(queue, 'waiting', { group: 'E1' });
  const spared = await use(queue, 'spared', { group: 'E2' });

  expect((await release(queue, 'E1')).toSorted()).toEqual([baked, baking, waiting].toSorted());
  expect(await queue.find(baked)).toBeUndefined();
  expect(await queue.find(waiting)).toBeUndefined();
  expect(await comesTo(queue, baking, 'cancelled')).toMatchObject({
    removed: true,
    reason: 'the execution was cleared away',
  });
  await walk();
  expect(await queue.find(baking)).toBeUndefined();
  expect(await queue.find(spared)).toBeDefined();
  expect(await release(queue, 'E1', 'nobody', '')).toEqual([]);
  await queue.cancel(spared, { reason: '', now: new Date() });
  await until(
    async () => (await walk().then(() => bakery.redis.exists(bakery.names.unsealed))) === 0,
    'logs are sealed',
  );
  expect((await bakery.keys()).filter((key) => /:(users|index:execution):/.test(key)).toSorted()).toEqual(
    [bakery.names.users(spared), bakery.names.index.execution('E2')].toSorted(),
  );
});

test('a bake that another execution has joined is spared until that one is released too', async () => {
  const { queue } = await open();
  const id = await use(queue, 'key', { group: 'E1' });
  expect(await use(queue, 'key', { group: 'E2' })).toBe(id);
  expect(await use(queue, 'key', { group: 'E2' })).toBe(id);
  expect(await release(queue, 'E1')).toEqual([]);
  expect(await queue.find(id)).toMatchObject({ state: 'waiting' });
  expect(await release(queue, 'E2', 'E2')).toEqual([id]);
  expect(await queue.find(id)).toBeUndefined();
});

test.each([
  ['started', [undefined, 'E1']],
  ['joined', ['E1', undefined, 'E2']],
  ['joined, with an empty name,', ['E1', '']],
] as const)('a bake that somebody outside executions has %s is released by none', async (_what, users) => {
  const { bakery, queue } = await open();
  const [id = ''] = await Promise.all(users.slice(0, 1).map((user) => use(queue, 'key', { group: user })));
  for (const user of users.slice(1)) expect(await use(queue, 'key', { group: user })).toBe(id);
  expect(await release(queue, 'E1', 'E2', '')).toEqual([]);
  expect(await queue.find(id)).toMatchObject({ state: 'waiting' });
  expect((await bakery.keys()).filter((key) => /:(users|index:execution):/.test(key))).toEqual([]);
});

test('a repeated call uses the bake that it got', async () => {
  const { queue } = await open();
  const idempotency = { key: 'once', fingerprint: 'f' };
  const id = await use(queue, 'key', { group: 'E1', idempotency });
  expect(await use(queue, 'key', { idempotency })).toBe(id);
  expect(await release(queue, 'E1')).toEqual([]);
});

test('what an execution has superseded goes with it, and the new bake with the one that asked for it', async () => {
  const { bakery, queue } = await open();
  await bakery.consume({ bake: async () => anImage('/images/a') });
  const old = await use(queue, 'key', { group: 'E1' });
  await comesTo(queue, old, 'baked');
  const next = await use(queue, 'key', { group: 'E2', ifTwin: 'supersede' });
  await comesTo(queue, next, 'baked');
  expect(await release(queue, 'E1')).toEqual([old]);
  expect(await queue.findByKey('key')).toMatchObject({ id: next });
  expect(await release(queue, 'E2')).toEqual([next]);
});

test('an execution with very many bakes is released whole, and one that sends a very long name is found by it', async () => {
  const { bakery, queue } = await open();
  const long = 'E'.repeat(100_000);
  const ids = await Promise.all(Array.from({ length: 250 }, (_, at) => use(queue, `key ${at}`, { group: long })));
  for (const key of await bakery.keys()) expect(key.length).toBeLessThan(300);
  expect((await release(queue, `${long}E`)).length).toBe(0);
  expect((await release(queue, long)).toSorted()).toEqual(ids.toSorted());
  expect(await queue.counts()).toMatchObject({ waiting: 0, cancelled: 0 });
});

test('very many executions are released in one call, each bake once, also when several of them use it', async () => {
  const { queue } = await open();
  const groups = Array.from({ length: 450 }, (_, at) => `E${at}`);
  const ids = await Promise.all(groups.map((group) => use(queue, `key of ${group}`, { group })));
  const shared = await use(queue, 'shared', { group: 'E0' });
  for (const group of ['E1', 'E449']) await use(queue, 'shared', { group });
  const kept = await use(queue, 'kept', { group: 'E2' });
  await use(queue, 'kept', { group: 'another' });
  expect((await release(queue, ...groups)).toSorted()).toEqual([...ids, shared].toSorted());
  expect((await queue.list({ limit: 10 })).bakes.map(({ id }) => id)).toEqual([kept]);
});

test('a bake that very many executions use stays its time, and keeps no book of them', async () => {
  const { bakery, queue } = await open();
  const id = await use(queue, 'key', { group: 'E0' });
  for (let at = 1; at <= 1_000; at += 1) await use(queue, 'key', { group: `E${at}` });
  expect((await bakery.keys()).filter((key) => /:(users|index:execution):/.test(key))).toEqual([]);
  expect(await release(queue, 'E0', 'E1000')).toEqual([]);
  expect(await queue.find(id)).toBeDefined();
});

test('who uses a bake is known no longer than the bake, also where it was joined after its end', async () => {
  const { bakery, queue, walk } = await open();
  await bakery.consume({ bake: async () => anImage('/images/a') });
  const id = await use(queue, 'key', { group: 'E1' });
  await comesTo(queue, id, 'baked');
  expect(await use(queue, 'key', { group: 'E2' })).toBe(id);
  const left = await bakery.redis.pttl(bakery.names.users(id));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(await bakery.redis.pttl(bakery.names.bake(id)).then((ms) => ms + 1_000));
  expect(await bakery.redis.pttl(bakery.names.index.execution('E2'))).toBeGreaterThan(0);
  await walk(new Date(Date.now() + 3 * 86_400_000));
  expect((await bakery.keys()).filter((key) => /:(users|index:execution):/.test(key))).toEqual([]);
  expect(await release(queue, 'E1', 'E2')).toEqual([]);
});

test('a call that comes together with a release keeps the bake or starts another, and never gets one that vanishes', async () => {
  const { bakery, queue } = await open();
  await bakery.consume({ slots: 2, bake: untilStopped });
  const other = await bakery.open();
  let kept = 0;
  for (let round = 0; round < 60; round += 1) {
    const key = `key ${round}`;
    const first = await use(queue, key, { group: 'E1' });
    const releases = pause(Math.floor(round / 6) % 6).then(() => release(queue, 'E1'));
    const late = pause(round % 6).then(() => use(round % 2 ? other : queue, key, { group: 'E2' }));
    const [released, got] = await Promise.all([releases, late]);
    expect(released).toEqual(got === first ? [] : [first]);
    expect(await queue.findByKey(key)).toMatchObject({ id: got });
    if (got === first) kept += 1;
    await release(queue, 'E2');
  }
  // Both orders have been seen, or nothing was tried.
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(60);
});
