import { randomUUID } from 'node:crypto';
import { afterAll, expect, inject, onTestFinished, test } from 'vitest';
import type { SubmitOptions } from './bake-queue.ts';
import { aBakery, comesTo, inOurHands, until } from './testing/bakery.ts';
import { anImage, aPlan, failing } from './testing/plans.ts';

const bakery = aBakery(inject('redisUrl'));
afterAll(bakery.close);
const queue = await bakery.open({ attempts: 2, retryDelaySeconds: 1 });

const WORDS = 'a word for the worker';

const submit = (key: string, but: Partial<SubmitOptions> = {}) =>
  queue.submit(aPlan(key), { id: randomUUID(), now: new Date(), ifTwin: 'join', confided: WORDS, ...but });

/** The records of this bakery that hold the word. */
async function holders(): Promise<string[]> {
  const keys = await bakery.keys();
  const kinds = await Promise.all(keys.map(async (key) => [key, await bakery.redis.type(key)] as const));
  const hashes = kinds.filter(([, kind]) => kind === 'hash').map(([key]) => key);
  const held = await Promise.all(hashes.map(async (key) => [key, await bakery.redis.hgetall(key)] as const));
  return held.flatMap(([key, fields]) => (JSON.stringify(fields).includes(WORDS) ? [key] : []));
}

async function aWorker() {
  const hands = inOurHands();
  const consumer = await bakery.consume({ bake: hands.bake });
  onTestFinished(async () => {
    consumer.stopNow();
    await consumer.drain();
    await consumer.close();
  });
  return hands;
}

test('what is confided reaches the worker that bakes, each time it is tried, and nobody who looks at the bake', async () => {
  const { bake } = await submit('tried twice');
  const hands = await aWorker();
  expect((await hands.hand(bake.id)).confided).toBe(WORDS);
  hands.end(bake.id, failing('network'));
  await until(async () => (await queue.find(bake.id))?.state === 'waiting', 'it waits for another try');
  const again = await until(async () => {
    const hand = await hands.hand(bake.id);
    return hand.attempt === 2 && hand;
  }, 'it is tried again');
  expect(again.confided).toBe(WORDS);
  const shown = [await queue.find(bake.id), await queue.list({ key: 'tried twice', limit: 5 })];
  expect(JSON.stringify(shown)).not.toContain(WORDS);
  hands.end(bake.id, anImage('/images/x'));
  await comesTo(queue, bake.id, 'baked');
});

test.each([
  ['baked', anImage('/images/y')],
  ['failed', failing('template')],
] as const)('nothing of it is left when the bake has %s', async (state, end) => {
  const { bake } = await submit(state);
  const hands = await aWorker();
  await hands.hand(bake.id);
  expect(await holders()).toEqual([bakery.names.bake(bake.id)]);
  hands.end(bake.id, end);
  await comesTo(queue, bake.id, state);
  expect(await holders()).toEqual([]);
});

test('nothing of it is left when the bake is cancelled or superseded, and a twin that joins leaves its own nowhere', async () => {
  const first = await submit('one key');
  const twin = await submit('one key', { confided: `${WORDS} of the twin` });
  expect(twin).toMatchObject({ answer: 'joined', bake: { id: first.bake.id } });
  expect(await holders()).toEqual([bakery.names.bake(first.bake.id)]);
  expect(await bakery.redis.hget(bakery.names.bake(first.bake.id), 'confided')).toBe(WORDS);

  const second = await submit('one key', { ifTwin: 'supersede' });
  expect(await holders()).toEqual([bakery.names.bake(second.bake.id)]);
  await queue.cancel(second.bake.id, { reason: 'enough', now: new Date() });
  expect(await holders()).toEqual([]);
});

test('a bake that confides nothing has nothing of the kind', async () => {
  const { bake } = await submit('plain', { confided: undefined });
  expect(await bakery.redis.hexists(bakery.names.bake(bake.id), 'confided')).toBe(0);
  const hands = await aWorker();
  expect((await hands.hand(bake.id)).confided).toBeUndefined();
  hands.end(bake.id, failing('template'));
  await comesTo(queue, bake.id, 'failed');
});
