import type { Redis } from 'ioredis';

/** Redis cannot be reached, or takes no commands just now. Nothing is known to have happened; ask again in a while. */
export class RedisAway extends Error {
  override name = 'RedisAway';
}

/** Asks Redis, or rejects with `RedisAway` at once while there is none to ask. */
export async function reach<T>(redis: Redis, ask: () => Promise<T>): Promise<T> {
  if (redis.status !== 'ready') throw away(redis, undefined);
  try {
    return await ask();
  } catch (cause) {
    throw isAway(cause) ? away(redis, cause) : cause;
  }
}

/** Does something until Redis takes it. A connection that waits out outages by itself still meets a Redis that is loading, full, or a replica. */
export async function insist<T>(redis: Redis, ask: () => Promise<T>, onTrouble: (error: Error) => void): Promise<T> {
  for (let told = false; ; told = true) {
    try {
      return await ask();
    } catch (cause) {
      if (!isAway(cause) || redis.status === 'end') throw cause;
      if (!told) onTrouble(away(redis, cause));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

export function isAway(error: unknown): boolean {
  return error instanceof Error && AWAY.some((said) => said.test(error.message));
}

/** What ioredis says of a connection, and what a Redis says that is there and takes no commands or no more data. */
const AWAY = [
  /^Connection is closed/,
  /^Stream isn't writeable/,
  /^Reached the max retries per request/,
  /^Command timed out/,
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF) /,
  /\b(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)\b/,
];

function away({ options, status }: Redis, cause: unknown): RedisAway {
  const why = cause instanceof Error ? cause.message : `the connection is ${status}`;
  return new RedisAway(
    `Redis at ${options.host}:${options.port} does not answer (${why}); see that it runs, then ask again`,
    { cause },
  );
}
