import { setTimeout as sleep } from 'node:timers/promises';
import { sweepStages } from '@bakehouse/packer';
import type { Logger } from 'pino';

const EVERY_MS = 300_000;

/** What a cloud may take to delete things, for a Packer that a lost worker left behind. */
const GRACE_MS = 600_000;

/** Clears what lost workers left on this machine's disk: at once, and every few minutes until `signal`. Ends when a sweep that has begun is over. */
export async function keepTidy(
  dirs: { root: string; imagesDir: string },
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const { removed, stuck } = await sweepStages(dirs, { graceMs: GRACE_MS, signal });
    if (removed.length > 0) log.info({ removed }, 'cleared what a lost worker left');
    for (const { dir, error } of stuck) log.warn({ dir, err: error }, 'could not clear what a lost worker left');
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
