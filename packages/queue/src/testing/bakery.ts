import { randomUUID } from 'node:crypto';
import { type Bake, BakerySettings } from '@bakehouse/bake';
import { Redis } from 'ioredis';
import { afterAll, expect, inject } from 'vitest';
import type { BakeQueue } from '../bake-queue.ts';
import { consumeBakes } from '../consume-bakes.ts';
import type { BakeConsumer, ConsumerOptions } from '../consumer.ts';
import { namesUnder } from '../names.ts';
import { openQueue } from '../open-queue.ts';
import { aPlan } from './plans.ts';

/** A bakery under a prefix of its own, in the tests' Redis or another one. All it opened is closed, and all its keys are gone, when the file's tests are over. */
export function aBakery({ redisUrl = inject('redisUrl') }: { redisUrl?: string } = {}) {
  const prefix = `{test-${randomUUID()}}`;
  const redis = new Redis(redisUrl);
  redis.on('error', () => {});
  const troubles: Error[] = [];
  const toClose: (() => Promise<unknown>)[] = [];

  afterAll(async () => {
    for (const close of toClose.reverse()) await close();
    for await (const keys of redis.scanStream({ match: `${prefix.replace(/[{}]/g, '\\$&')}*`, count: 1_000 }))
      if (keys.length > 0) await redis.del(keys);
    redis.disconnect();
  });

  return {
    redisUrl,
    prefix,
    redis,
    names: namesUnder(prefix),
    troubles,
    onTrouble: (error: Error) => void troubles.push(error),
    open: async (settings: unknown = {}): Promise<BakeQueue> => {
      const queue = await openQueue({
        redisUrl,
        settings: BakerySettings.parse(settings),
        prefix,
        onTrouble: (error) => troubles.push(error),
      });
      toClose.push(() => queue.close());
      return queue;
    },
    consume: async (options: Pick<ConsumerOptions, 'bake'> & Partial<ConsumerOptions>): Promise<BakeConsumer> => {
      const consumer = await consumeBakes({
        ...{ redisUrl, prefix, workerId: `${randomUUID()}@test`, lanes: ['default'], slots: 2, packer: '1.6.6' },
        onTrouble: (error) => troubles.push(error),
        ...options,
      });
      toClose.push(async () => {
        consumer.stopNow();
        await consumer.drain();
        await consumer.close();
      });
      return consumer;
    },
  };
}

/** Asks for a bake with a new id, and expects it to be taken. */
export async function ask(
  queue: BakeQueue,
  key: string = randomUUID(),
  but: Parameters<typeof aPlan>[1] = {},
): Promise<Bake> {
  const submission = await queue.submit(aPlan(key, but), { id: randomUUID(), now: new Date(), ifTwin: 'join' });
  expect(submission.answer).toBe('taken');
  return submission.bake;
}

/** Waits until a bake looks like that. */
export async function comesTo(
  queue: BakeQueue,
  id: string,
  like: Partial<Record<keyof Bake | 'failure' | 'stopping' | 'reason', unknown>>,
): Promise<Bake> {
  return expect
    .poll(() => queue.find(id), { timeout: 20_000, interval: 20 })
    .toMatchObject(like)
    .then(async () => {
      const bake = await queue.find(id);
      if (!bake) throw new Error(`bake ${id} is gone`);
      return bake;
    });
}

/** A bake that goes on until it is told to stop. */
export const untilStopped: ConsumerOptions['bake'] = ({ signal }) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'));
  });
