import { chmod, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bytes } from '../quantities.ts';
import { askProgram } from './ask-program.ts';
import { type Finding, fine, lacking, noted } from './finding.ts';

/** An image, its base tree and its working copy fit in this with room to spare; below the first number none does. */
const ENOUGH = { tight: 1e9, good: 5e9 };

/** Longer than this, and what Packer's plugins open beneath (sockets: 108 bytes in all) may not fit. */
const LONGEST_TEMP = 60;

/** Room where the directory is, or will be. */
export async function lookAtRoom(name: string, directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearest(directory));
  const free = bavail * bsize;
  const found = `${bytes(free)} free at ${directory}`;
  if (free < ENOUGH.tight) return lacking(name, found, 'make room, or choose another directory');
  return free < ENOUGH.good ? noted(name, found, 'a few images will fill it') : fine(name, found);
}

/** Whether what Packer puts in the temporary directory can be written and run there. */
export async function lookAtTemp(temp: string, variables: Readonly<Record<string, string>>): Promise<Finding> {
  let directory: string | undefined;
  try {
    directory = await mkdtemp(path.join(temp, 'bh-doctor-'));
    const script = path.join(directory, 'try');
    await writeFile(script, '#!/bin/sh\necho runs\n');
    await chmod(script, 0o700);
    const ran = await askProgram([script], variables);
    if (!ran.ok)
      return lacking(
        'temp',
        `nothing can be run in ${temp} (${ran.no})`,
        'mount it without noexec, or set TMPDIR to another',
      );
    if (temp.length > LONGEST_TEMP)
      return noted('temp', `${temp} is a long path`, 'set TMPDIR to a short one, e.g. /tmp');
    return fine('temp', `${temp} can be written and run in`);
  } catch (cause) {
    return lacking(
      'temp',
      `${temp}: ${cause instanceof Error ? cause.message : cause}`,
      'set TMPDIR to a directory that can be written',
    );
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function nearest(directory: string): Promise<string> {
  const absolute = path.resolve(directory);
  const exists = await statfs(absolute).then(
    () => true,
    () => false,
  );
  return exists || absolute === path.dirname(absolute) ? absolute : nearest(path.dirname(absolute));
}
