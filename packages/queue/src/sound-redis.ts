import type { Redis } from 'ioredis';

/** A Redis that would lose bakes by its own settings. */
export class UnsoundRedis extends Error {
  override name = 'UnsoundRedis';
}

/** Throws `UnsoundRedis` for a Redis that may evict keys; answers with a warning when it keeps nothing over a restart. */
export async function checkSoundness(redis: Redis): Promise<Error | undefined> {
  const said = fieldsOf(await redis.info());
  const where = `${redis.options.host}:${redis.options.port}`;
  const policy = said.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    throw new UnsoundRedis(
      `Redis at ${where} has maxmemory-policy ${policy}: short of memory, it would throw bakes away unasked. ` +
        `Mend it with: redis-cli -h ${redis.options.host} -p ${redis.options.port} CONFIG SET maxmemory-policy noeviction (and in redis.conf)`,
    );
  }
  if (said.get('aof_enabled') !== '0') return undefined;
  return new Error(
    `Redis at ${where} has appendonly off: a restart loses the bakes since its last snapshot. ` +
      `Mend it with: redis-cli -h ${redis.options.host} -p ${redis.options.port} CONFIG SET appendonly yes (and in redis.conf)`,
  );
}

const fieldsOf = (info: string): Map<string, string> =>
  new Map(
    info
      .split(/\r?\n/)
      .flatMap((line) =>
        line.includes(':') ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]] : [],
      ),
  );
