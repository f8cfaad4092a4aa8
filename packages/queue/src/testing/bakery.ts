import { randomUUID } from 'node:crypto';
import { type Bake, type BakePlan, BakerySettings, type BakeState } from '@bakehouse/bake';
import { Redis } from 'ioredis';
import type { BakeQueue } from '../bake-queue.ts';
import { consumeBakes } from '../consume-bakes.ts';
import type { BakeConsumer, ConsumerOptions } from '../consumer.ts';
import { namesUnder } from '../names.ts';
import { openQueue, type QueueOptions } from '../open-queue.ts';
import { aPlan } from './plans.ts';

/** A bakery under a prefix of its own. `close` closes all that was opened through it and leaves no key behind. */
export function aBakery(redisUrl: string) {
  const prefix = `{test-${randomUUID()}}`;
  const redis = new Redis(redisUrl);
  redis.on('error', () => undefined);
  const troubles: Error[] = [];
  const onTrouble = (error: Error) => void troubles.push(error);
  const closings: (() => Promise<unknown>)[] = [];

  const keys = async (): Promise<string[]> => (await redis.keys('*')).filter((key) => key.startsWith(prefix));

  return {
    redisUrl,
    prefix,
    redis,
    names: namesUnder(prefix),
    troubles,
    onTrouble,
    keys,
    open: async (settings: unknown = {}, onEnd?: QueueOptions['onEnd']): Promise<BakeQueue> => {
      const queue = await openQueue({ redisUrl, settings: BakerySettings.parse(settings), prefix, onTrouble, onEnd });
      closings.push(() => queue.close());
      return queue;
    },
    consume: async (options: Pick<ConsumerOptions, 'bake'> & Partial<ConsumerOptions>): Promise<BakeConsumer> => {
      const worker = { workerId: `${randomUUID()}@test`, lanes: ['default'], slots: 2, packer: '1.6.6' };
      const consumer = await consumeBakes({ redisUrl, prefix, onTrouble, ...worker, ...options });
      closings.push(async () => {
        consumer.stopNow();
        await consumer.drain();
        await consumer.close();
      });
      return consumer;
    },
    /** For what a test opens by itself. */
    closes: (close: () => Promise<unknown>) => void closings.push(close),
    close: async () => {
      for (const close of closings.reverse()) await close();
      const left = await keys();
      if (left.length > 0) await redis.del(left);
      redis.disconnect();
    },
  };
}

/** Asks for a bake that nobody has asked for. */
export async function ask(queue: BakeQueue, key: string = randomUUID(), but: Partial<BakePlan> = {}): Promise<Bake> {
  const { answer, bake } = await queue.submit(aPlan(key, but), { id: randomUUID(), now: new Date(), ifTwin: 'join' });
  if (answer !== 'taken') throw new Error(`${key} was not taken but ${answer}`);
  return bake;
}

/** Waits until a bake is in a state, as a caller would: by looking. */
export async function comesTo<State extends BakeState>(
  queue: BakeQueue,
  id: string,
  state: State,
): Promise<Extract<Bake, { state: State }>> {
  const bake = await until(async () => {
    const seen = await queue.find(id);
    return seen?.state === state ? seen : undefined;
  }, `bake ${id} is ${state}`);
  return bake as Extract<Bake, { state: State }>;
}

/** Looks until there is something to see. */
export async function until<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
  const late = Date.now() + 25_000;
  while (Date.now() < late) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await pause(20);
  }
  throw new Error(`waited in vain until ${what}`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Bakes until it is told to stop. */
export const untilStopped: ConsumerOptions['bake'] = ({ signal }) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'));
  });

/** A bake that the test ends when it likes. */
export function inOurHands() {
  const hands = new Map<string, Parameters<ConsumerOptions['bake']>[0]>();
  const ends = new Map<string, (end: Awaited<ReturnType<ConsumerOptions['bake']>>) => void>();
  const bake: ConsumerOptions['bake'] = (hand) =>
    new Promise((resolve) => {
      hands.set(hand.id, hand);
      ends.set(hand.id, resolve);
      hand.signal.addEventListener('abort', () => resolve('stopped'));
    });
  return {
    bake,
    hand: (id: string) => until(async () => hands.get(id), `bake ${id} is in hand`),
    end: (id: string, end: Awaited<ReturnType<ConsumerOptions['bake']>>) => ends.get(id)?.(end),
  };
}
