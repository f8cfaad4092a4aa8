import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import { onPath } from '../on-path.ts';
import { pingRedis } from '../redis-ping.ts';
import type { Trouble } from '../trouble.ts';
import { type Part, startPart } from './part.ts';
import { claimPort } from './port.ts';

/** A Redis of our own. */
export interface PrivateRedis {
  part: Part;
  url: string;
}

/** Starts a redis-server on loopback that keeps what it is told: append-only file, nothing evicted. Not yet waited for. */
export async function startRedis(
  directory: string,
  { logs, variables }: { logs: string; variables: Readonly<Record<string, string>> },
): Promise<Result<PrivateRedis, Trouble>> {
  const program = onPath('redis-server', variables);
  if (program === undefined) {
    const mend = 'install it (apt-get install redis-server), or name a Redis with --redis-url or REDIS_URL';
    return no({ kind: 'in-the-way', what: 'redis-server is not on PATH', mend });
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const port = (await claimPort('127.0.0.1', 0)) ?? 0;
  // Loopback is open to every user of the machine, and whoever reaches the queue decides what is baked.
  const password = randomBytes(24).toString('hex');
  const part = await startPart({
    name: 'redis',
    argv: [program, '-'],
    input: configuration({ port, password, directory }),
    variables,
    logs,
  });
  return part.ok ? yes({ part: part.value, url: `redis://:${password}@127.0.0.1:${port}` }) : part;
}

/** Whether it serves, as of now; while it reads its file it does not. */
export async function redisServes(url: string): Promise<boolean> {
  return (await pingRedis(url, 1000)).ok;
}

function configuration({ port, password, directory }: { port: number; password: string; directory: string }): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    `dir ${JSON.stringify(path.resolve(directory))}`,
    'appendonly yes',
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n');
}
