import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { aBakery, ask, comesTo } from './bakery.ts';
import { anImage } from './plans.ts';
import { unownedKeys } from './unowned-keys.ts';

let bakery: ReturnType<typeof aBakery>;
beforeEach(() => {
  bakery = aBakery(inject('redisUrl'));
});
afterEach(() => bakery.close());

test('a bakery at work owns all of its keys, and one whose bakes have ended too', async () => {
  const queue = await bakery.open();
  const waiting = await ask(queue);
  expect(await unownedKeys(bakery.redisUrl, bakery.prefix)).toEqual([]);
  await bakery.consume({ bake: async () => anImage('any') });
  await comesTo(queue, waiting.id, 'baked');
  expect(await unownedKeys(bakery.redisUrl, bakery.prefix)).toEqual([]);
  expect((await bakery.keys()).length).toBeGreaterThan(10);
});

test.each([
  ['a log without its bake', 'log:gone', 'its bake does not live'],
  ['a standing that leads nowhere', 'key:gone', 'its bake does not live'],
  ['a key of no kind', 'crumb', 'no known kind'],
  ['a bundle that nobody uses', 'bundle:gone', 'has no users'],
  ['an index by a caller’s word', 'index:label:a=b', 'no time to live'],
  ['a job that BullMQ has lost', 'bakes-default:gone', 'none of BullMQ’s lists'],
  ['what BullMQ does not keep', 'bakes-default:gone:logs', 'none of BullMQ’s usual keys'],
])('%s is found', async (_what, kind, complaint) => {
  const queue = await bakery.open();
  await ask(queue);
  const key = `${bakery.prefix}:${kind}`;
  await bakery.redis.set(key, 'gone');
  expect(await unownedKeys(bakery.redisUrl, bakery.prefix)).toEqual([
    expect.stringMatching(`^.*${kind}.*${complaint}`),
  ]);
});

test('a bake that ended and stays for ever is found, and an index that holds one without a record', async () => {
  const queue = await bakery.open();
  const { id } = await ask(queue);
  await queue.cancel(id, { reason: 'any', now: new Date() });
  await bakery.redis.persist(bakery.names.bake(id));
  await bakery.redis.zadd(bakery.names.index.all, 1, 'gone');
  expect(await unownedKeys(bakery.redisUrl, bakery.prefix)).toEqual(
    expect.arrayContaining([
      expect.stringContaining(`${id} has ended, and stays for ever`),
      expect.stringContaining('index:all holds gone'),
    ]),
  );
});
