import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RedisAway } from './redis-away.ts';

/** A connection whose commands fail at once while Redis is away: somebody waits for the answer. */
export function connectToAsk(url: string, onTrouble: (error: Error) => void): Redis {
  // A command that has no answer after seconds is one to a Redis that hangs, or behind a network that swallows.
  return watched(
    new Redis(url, { ...reconnecting, maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2_500 }),
    onTrouble,
  );
}

/** A connection whose commands wait until Redis is back: a worker has nowhere else to go with what it has to say. */
export function connectToWork(url: string, onTrouble: (error: Error) => void): Redis {
  return watched(new Redis(url, { ...reconnecting, maxRetriesPerRequest: null }), onTrouble);
}

/** A connection that listens: it subscribes again by itself after an outage. */
export function connectToListen(url: string, onTrouble: (error: Error) => void): Redis {
  return watched(new Redis(url, { ...reconnecting, maxRetriesPerRequest: null }), onTrouble);
}

/** Waits for a first connection, but no longer than that. */
export async function isReadyWithin(redis: Redis, ms: number): Promise<boolean> {
  if (redis.status === 'ready') return true;
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      redis.off('ready', settle);
      resolve(redis.status === 'ready');
    };
    const timer = setTimeout(settle, ms);
    redis.on('ready', settle);
  });
}

/** From now on an outage that lasts so long ends the connection, and whatever waits for an answer on it rejects. For one that has work to end. */
export async function endWhenSilent(redis: Redis, ms: number): Promise<void> {
  while (redis.status !== 'end') {
    const answer = redis.ping().catch(() => 'an error is an answer too');
    if ((await Promise.race([answer, pause(ms, undefined, { ref: false })])) === undefined) break;
    await pause(ms / 10, undefined, { ref: false });
  }
  // A disconnect between two attempts to connect would leave its waiters waiting; an attempt that is the last one rejects them.
  redis.options.retryStrategy = () => null;
  if (redis.status === 'ready') redis.disconnect();
}

const reconnecting = {
  connectTimeout: 5_000,
  keepAlive: 10_000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 5), 1_000),
};

/** Tells of an outage once, not at every attempt to end it. */
function watched(redis: Redis, onTrouble: (error: Error) => void): Redis {
  let told = false;
  redis.on('ready', () => {
    told = false;
  });
  redis.on('error', (cause) => {
    if (told) return;
    told = true;
    const { host, port } = redis.options;
    onTrouble(
      new RedisAway(`Redis at ${host}:${port} is away (${cause.message}); trying again until it is back`, { cause }),
    );
  });
  return redis;
}
