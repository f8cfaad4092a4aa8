import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A step that Redis takes as a whole or not at all. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export const script = (...parts: readonly string[]): Script => {
  const lua = parts.join('\n');
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
};

/** Runs a script by its digest; a Redis that does not know it (a new one, after a restart) is sent the text. */
export async function runScript(
  redis: Redis,
  { lua, sha }: Script,
  { keys, args }: { keys: readonly string[]; args: readonly (string | number | Buffer)[] },
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(lua, keys.length, ...keys, ...args);
  }
}
