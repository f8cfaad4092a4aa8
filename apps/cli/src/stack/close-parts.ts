import { setTimeout as pause } from 'node:timers/promises';
import type { Part } from './part.ts';

/** `drain`: bakes in hand are finished first. `at-once`: they are stopped and wait again. */
export type Haste = 'drain' | 'at-once';

/** A worker takes signals that follow each other closer than this for one. */
const BETWEEN_SIGNALS_MS = 700;
/** What Packer may need to clear away what it made in a cloud, and a minute. */
const STOPPED_WITHIN_MS = 660_000;
/** Without Redis nobody can hand a bake back, and waiting for it is in vain. */
const STOPPED_WITHOUT_REDIS_MS = 20_000;
/** The api has nothing to lose; Redis writes down what it was told last. */
const SERVERS_STOP_WITHIN_MS = { api: 3_000, redis: 10_000 };

/** Ends workers, then the api, then Redis: whoever is still working keeps what it needs. Resolves when none is left. */
export async function closeParts(parts: readonly Part[], haste: Haste): Promise<void> {
  const workers = parts.filter(isWorker);
  const redis = parts.find(({ name }) => name === 'redis');
  for (const worker of workers) worker.signal('SIGTERM');
  const gone = Promise.all(workers.map(({ ended }) => ended));
  if (haste === 'at-once') {
    await Promise.race([gone, pause(BETWEEN_SIGNALS_MS)]);
    hurryWorkers(parts);
    await endedWithin(workers, redis?.running() === false ? STOPPED_WITHOUT_REDIS_MS : STOPPED_WITHIN_MS);
  }
  await Promise.race([gone, ...(redis ? [redis.ended] : [])]);
  if (workers.some((worker) => worker.running())) {
    hurryWorkers(parts);
    await endedWithin(workers, STOPPED_WITHOUT_REDIS_MS);
  }
  for (const [name, withinMs] of Object.entries(SERVERS_STOP_WITHIN_MS)) {
    const servers = parts.filter((part) => part.name === name);
    for (const server of servers) server.signal('SIGTERM');
    await endedWithin(servers, withinMs);
  }
}

/** A second SIGTERM: a worker then stops what it has in hand. */
export function hurryWorkers(parts: readonly Part[]): void {
  for (const worker of parts.filter(isWorker)) worker.signal('SIGTERM');
}

const isWorker = ({ name }: Part): boolean => name.startsWith('worker-');

/** Waits for parts to end, and kills those that have not by then. */
async function endedWithin(parts: readonly Part[], ms: number): Promise<void> {
  const late = new AbortController();
  const gone = Promise.all(parts.map(({ ended }) => ended));
  const inTime = await Promise.race([
    gone.then(() => true),
    pause(ms, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  if (!inTime) for (const part of parts) part.kill();
  await gone;
}
