import { randomUUID } from 'node:crypto';
import { BakerySettings } from '@bakehouse/bake';
import { expect, onTestFinished, test } from 'vitest';
import { startOwnRedis } from '../../../test/support/redis-server.ts';
import { consumeBakes } from './consume-bakes.ts';
import { type BakeQueue, openQueue, RedisAway, UnsoundRedis } from './index.ts';
import { aBakery, ask, comesTo, inOurHands, pause, until, untilStopped } from './testing/bakery.ts';
import { anImage, aPlan } from './testing/plans.ts';
import { runProgram } from './testing/program.ts';

/** A Redis that keeps its data over an outage, and a bakery on it. */
async function ownBakery() {
  const server = await startOwnRedis(['--appendonly', 'yes', '--appendfsync', 'no']);
  const bakery = aBakery(server.url);
  onTestFinished(async () => {
    await server.start();
    await bakery.close();
    await server.remove();
  });
  return { server, bakery };
}

const settings = BakerySettings.parse({});
const asking = () => ({ id: randomUUID(), now: new Date(), ifTwin: 'join' as const });

test('while Redis is away every call is refused at once, and all work again when it is back', async () => {
  const { server, bakery } = await ownBakery();
  const queue = await bakery.open();
  const { id } = await ask(queue, 'before');
  await server.stop();

  const calls: Record<string, () => Promise<unknown>> = {
    submit: () => queue.submit(aPlan('during'), asking()),
    find: () => queue.find(id),
    findByKey: () => queue.findByKey('before'),
    list: () => queue.list({ limit: 10 }),
    cancel: () => queue.cancel(id, { reason: '', now: new Date() }),
    readLog: () => queue.readLog(id),
    followLog: async () => {
      for await (const _ of queue.followLog(id, { after: 0, signal: AbortSignal.timeout(20_000) }));
    },
    workers: () => queue.workers(),
    counts: () => queue.counts(),
    metrics: () => queue.metrics(),
    ping: () => queue.ping(1_000),
  };
  await until(
    async () =>
      queue
        .counts()
        .then(() => false)
        .catch(() => true),
    'the outage is noticed',
  );
  for (const [name, call] of Object.entries(calls)) {
    const asked = performance.now();
    await expect(call(), name).rejects.toThrow(RedisAway);
    expect(performance.now() - asked, name).toBeLessThan(1_000);
  }
  await until(async () => bakery.troubles.some(({ message }) => message.includes('is away')), 'the outage is told');
  await pause(1_000);
  expect(bakery.troubles.length).toBeLessThan(5);

  await server.start();
  await isBack(queue);
  expect(await queue.find(id)).toMatchObject({ state: 'waiting' });
  expect(await queue.submit(aPlan('after'), asking())).toMatchObject({ answer: 'taken' });
  expect(await queue.metrics()).toContain('state="prioritized"} 2');
});

test('a follower is told of an outage, and goes on afterwards where it was', async () => {
  const { server, bakery } = await ownBakery();
  const queue = await bakery.open();
  const ours = inOurHands();
  await bakery.consume({ bake: ours.bake });
  const { id } = await ask(queue);
  const hand = await ours.hand(id);
  await hand.say(['line 1']);
  const seen: unknown[] = [];
  const follow = async (after: number) => {
    for await (const event of queue.followLog(id, { after, signal: AbortSignal.timeout(25_000) })) seen.push(event);
  };
  const following = follow(0);
  following.catch(() => undefined);
  await until(async () => seen.length === 1, 'a line is followed');
  await server.stop();
  await expect(following).rejects.toThrow(RedisAway);

  // The worker's line waits for Redis, and is written once.
  const said = hand.say(['line 2']);
  await server.start();
  await said;
  await isBack(queue);
  const further = follow(1);
  ours.end(id, anImage(id));
  await further;
  expect(seen).toEqual([
    { line: { number: 1, text: 'line 1' } },
    { line: { number: 2, text: 'line 2' } },
    { end: 'baked' },
  ]);
});

test('an image that is made while Redis is away is recorded when it is back', async () => {
  const { server, bakery } = await ownBakery();
  const queue = await bakery.open();
  const ours = inOurHands();
  await bakery.consume({ bake: ours.bake });
  const { id } = await ask(queue);
  await ours.hand(id);
  await server.stop();
  ours.end(id, anImage('/images/kept'));
  await pause(1_000);
  await server.start();
  await isBack(queue);
  expect(await comesTo(queue, id, 'baked')).toMatchObject({ attempts: 1, artifacts: [{ reference: '/images/kept' }] });
  const next = await ask(queue);
  await ours.hand(next.id);
});

test('a queue opens while Redis is away, refuses calls, and serves when Redis comes', async () => {
  const { server, bakery } = await ownBakery();
  await server.stop();
  const queue = await bakery.open();
  await expect(queue.submit(aPlan('early'), asking())).rejects.toThrow(RedisAway);
  await expect(queue.ping(500)).rejects.toThrow(/does not answer/);
  await server.start();
  await until(
    async () =>
      queue
        .ping(1_000)
        .then(() => true)
        .catch(() => false),
    'Redis comes',
  );
  expect(await queue.submit(aPlan('early'), asking())).toMatchObject({ answer: 'taken' });
});

test('a producer and a worker that close while Redis is away keep no process alive', async () => {
  const { server, bakery } = await ownBakery();
  const program = runProgram('left-alone', [server.url, bakery.prefix]);
  onTestFinished(program.kill);
  expect(await program.line()).toBe('open');
  await server.stop();
  await pause(500);
  program.tell('close\n');
  expect(await program.exit()).toBe(0);
});

test('a Redis that may evict keys is refused with the reason and the remedy, by producers and workers', async () => {
  const server = await startOwnRedis(['--maxmemory-policy', 'allkeys-lru']);
  onTestFinished(server.remove);
  const onTrouble = () => undefined;
  const open = openQueue({ redisUrl: server.url, settings, onTrouble });
  await expect(open).rejects.toThrow(UnsoundRedis);
  await expect(open).rejects.toThrow(/maxmemory-policy allkeys-lru.*CONFIG SET maxmemory-policy noeviction/);
  const worker = { workerId: 'w@host', lanes: ['default'], slots: 1, packer: '1.6.6', bake: untilStopped };
  await expect(consumeBakes({ ...worker, redisUrl: server.url, onTrouble })).rejects.toThrow(UnsoundRedis);
});

test('a Redis that is found unsound later is refused from then on, until it is mended', async () => {
  const { server, bakery } = await ownBakery();
  const queue = await bakery.open();
  await bakery.redis.config('SET', 'maxmemory-policy', 'volatile-ttl');
  await bakery.redis.config('REWRITE').catch(() => undefined);
  await bakery.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until(
    async () =>
      queue
        .counts()
        .then(() => false)
        .catch((error) => error instanceof UnsoundRedis),
    'it is refused',
  );
  await bakery.redis.config('SET', 'maxmemory-policy', 'noeviction');
  expect(await queue.counts()).toMatchObject({ waiting: 0 });
  expect(server.url).toContain('127.0.0.1');
});

test('a Redis that would forget all at a restart is worth a warning', async () => {
  const server = await startOwnRedis();
  const bakery = aBakery(server.url);
  onTestFinished(async () => {
    await bakery.close();
    await server.remove();
  });
  await bakery.open();
  expect(bakery.troubles.map(({ message }) => message)).toEqual([
    expect.stringMatching(/appendonly off.*CONFIG SET appendonly yes/),
  ]);
});

/** An outage is over when the queue says so itself. */
const isBack = (queue: BakeQueue): Promise<unknown> =>
  until(
    () =>
      queue
        .ping(1_000)
        .then(() => true)
        .catch(() => false),
    'Redis is back',
  );
