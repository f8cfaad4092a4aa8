import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';

/**
 * Removes a directory and all below it. What a killed bake left mounted there (a chroot's /proc, /sys, /dev) is
 * unmounted first: removing through a bind mount would empty the machine's own /dev. Rejects, with nothing
 * removed, when a mount stays.
 */
export async function clearAway(dir: string): Promise<void> {
  await unmountBelow(dir);
  try {
    await remove(dir);
  } catch (cause) {
    if (!isDenied(cause)) throw cause;
    await openUp(dir);
    await remove(dir);
  }
}

// A dying process may still write while its directory goes, hence the retries.
const remove = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });

async function unmountBelow(dir: string): Promise<void> {
  const mounted = await mountsBelow(dir);
  if (mounted.length === 0) return;
  for (const point of mounted.reverse()) {
    await execa('umount', ['--lazy', point], { reject: false, timeout: 10_000 });
  }
  const left = await mountsBelow(dir);
  if (left.length > 0)
    throw new Error(`${dir} is not removed: ${left.join(', ')} is still mounted; unmount it by hand`);
}

async function mountsBelow(dir: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map((line) => unescapeOctal(line.split(' ')[4] ?? ''));
  return points.filter((point) => point === dir || point.startsWith(`${dir}${path.sep}`)).sort();
}

// The kernel writes blanks in a path as \040 and the like.
const unescapeOctal = (word: string): string =>
  word.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');

/** Tools leave directories read-only, e.g. module caches; their owner may still remove them. */
async function openUp(dir: string): Promise<void> {
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(path.join(dir, entry.name));
  }
}
