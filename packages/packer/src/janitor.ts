import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Owner, readOwner, stateOf } from './claim.ts';
import { clearAway } from './clear-away.ts';
import { endTree, isAlive, type ProcessIdentity } from './process-tree.ts';
import { PARTIAL, STAGE_PREFIX } from './stage.ts';

/** What a sweep did, by directory. */
export interface Sweep {
  removed: readonly string[];
  /** What should have gone and did not, and why. */
  stuck: readonly { dir: string; error: Error }[];
}

export interface SweepOrder {
  /** How long a Packer whose worker is gone may go on with its own clean-up. */
  graceMs: number;
  signal: AbortSignal;
}

/**
 * Clears the stages that killed workers left, and their half-made images. A Packer that still cleans up after its worker's
 * death is waited for, then killed. Stages with a living owner are not touched. After `signal` nothing new is begun.
 */
export async function sweepStages(
  { root, imagesDir }: { root: string; imagesDir: string },
  order: SweepOrder,
): Promise<Sweep> {
  const stages = await sweep(root, { ...order, isOurs: (name) => STAGE_NAME.test(name) });
  // Afterwards: while a stage stands, its Packer may still write the image.
  const images = await sweep(path.join(imagesDir, PARTIAL), { ...order, isOurs: () => true });
  return { removed: [...stages.removed, ...images.removed], stuck: [...stages.stuck, ...images.stuck] };
}

/** No bake may take longer than a day and an hour: after that, even an owner that cannot be seen from here is gone. */
const LONGEST_BAKE_MS = 26 * 3_600_000;

/** A directory is made before its owner is written in it. */
const UNCLAIMED_MS = 60_000;

/** What else stands in the root is somebody else's. */
const STAGE_NAME = new RegExp(`^${STAGE_PREFIX}[A-Za-z0-9]{6}$`);

async function sweep(
  parent: string,
  { isOurs, ...order }: SweepOrder & { isOurs: (name: string) => boolean },
): Promise<Sweep> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const dirs = entries
    .filter((entry) => entry.isDirectory() && isOurs(entry.name))
    .map(({ name }) => path.join(parent, name));
  const removed: string[] = [];
  const stuck: { dir: string; error: Error }[] = [];
  await Promise.all(
    dirs.map(async (dir) => {
      try {
        if (await removeIfDeserted(dir, order)) removed.push(dir);
      } catch (error) {
        stuck.push({ dir, error: error instanceof Error ? error : new Error(String(error)) });
      }
    }),
  );
  return { removed, stuck };
}

async function removeIfDeserted(dir: string, order: SweepOrder): Promise<boolean> {
  const owner = await readOwner(dir);
  if (!(await isDeserted(dir, owner))) return false;
  if (owner?.stage === dir) {
    // A leader that has gone already may have given its number to a stranger: then the marker alone is to be trusted.
    const leader = owner.packer && isAlive(owner.packer) ? owner.packer : null;
    if (leader) await waitForEnd(leader, order);
    if (order.signal.aborted) return false;
    await endTree({ stage: dir, leader }, HELPERS_MS);
  } else if (owner && (await exists(owner.stage))) {
    return false;
  }
  if (order.signal.aborted) return false;
  await clearAway(dir);
  return true;
}

const HELPERS_MS = 1_000;

async function isDeserted(dir: string, owner: Owner | undefined): Promise<boolean> {
  const state = owner ? stateOf(owner) : 'unclaimed';
  if (state === 'at-work') return false;
  if (state === 'gone') return true;
  const found = await stat(dir).catch(() => undefined);
  const ageMs = Date.now() - (found?.mtimeMs ?? Date.now());
  return ageMs > (state === 'foreign' ? LONGEST_BAKE_MS : UNCLAIMED_MS);
}

async function waitForEnd(leader: ProcessIdentity, { graceMs, signal }: SweepOrder): Promise<void> {
  const until = performance.now() + graceMs;
  while (isAlive(leader) && performance.now() < until && !signal.aborted) {
    await sleep(200, undefined, { signal }).catch(() => {});
  }
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
