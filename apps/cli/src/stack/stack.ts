import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import type { Trouble } from '../trouble.ts';
import { bringUp, type Crew, diedOf, logsOf, type StackPlan, type Started } from './bring-up.ts';
import { closeParts, type Haste, hurryWorkers } from './close-parts.ts';
import { type Guardian, startGuardian } from './guardian.ts';
import { type Lock, takeLock } from './lock.ts';
import type { Part } from './part.ts';

/** Redis, api and workers that run as children of this process. */
export interface Stack {
  readonly url: string;
  readonly redis: { where: string; ours: 'yes' | 'no' };
  /** Where each worker's health and metrics are. */
  readonly workerUrls: readonly string[];
  readonly parts: readonly Part[];
  /** The first part that ends without having been asked to. Never rejects; nothing is restarted. */
  readonly death: Promise<Trouble>;
  /** Ends everything that was started, in the order in which each needs the next, and gives up the directory. */
  close(haste: Haste): Promise<void>;
  /** While it closes: bakes in hand are stopped and wait again. */
  hurry(): void;
  /** Whatever still runs is killed. */
  kill(): void;
}

/** Starts a stack and waits until it takes bakes and has its workers; a "no" leaves nothing running. */
export async function openStack(plan: StackPlan, signal: AbortSignal): Promise<Result<Stack, Trouble>> {
  const lock = await lockDirectory(plan);
  if (!lock.ok) return lock;
  const guardian = await startGuardian();
  await lock.value.note({ guardian: guardian.pid });
  const crew = gather(guardian);
  const close = async (haste: Haste) => {
    await closeParts(crew.parts, haste);
    await guardian.dismiss();
    await lock.value.release();
  };
  try {
    const started = await bringUp(plan, crew, signal);
    if (started.ok) {
      const { url, redisUrl } = started.value;
      await lock.value.note({ url, redisUrl });
      return yes(stackOf(started.value, crew.parts, close));
    }
    await close('at-once');
    return started;
  } catch (bug) {
    await close('at-once');
    throw bug;
  }
}

async function lockDirectory(plan: StackPlan): Promise<Result<Lock, Trouble>> {
  try {
    await mkdir(logsOf(plan), { recursive: true, mode: 0o700 });
    return await takeLock(path.join(plan.directory, 'up.lock'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const mend = 'let this user write there, or choose another directory with --data';
    return no({ kind: 'in-the-way', what: `nothing can be kept in ${path.resolve(plan.directory)} (${why})`, mend });
  }
}

function gather(guardian: Guardian): Crew {
  const parts: Part[] = [];
  return {
    parts,
    take(part) {
      guardian.watch(part);
      parts.push(part);
    },
  };
}

function stackOf({ url, workerUrls, redisUrl }: Started, parts: readonly Part[], close: Stack['close']): Stack {
  return {
    url,
    workerUrls,
    redis: { where: new URL(redisUrl).host, ours: parts.some(({ name }) => name === 'redis') ? 'yes' : 'no' },
    parts,
    death: Promise.race(parts.map((part) => part.ended.then(() => diedOf(part)))),
    close,
    hurry: () => hurryWorkers(parts),
    kill: () => {
      for (const part of parts) part.kill();
    },
  };
}
