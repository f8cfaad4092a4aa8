import { readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { clearAway } from './clear-away.ts';
import { identityOf, isAlive, ProcessIdentity } from './process-tree.ts';

/** Whose a directory is: written beside what it holds, so that another worker can tell a bake at work from what a killed one left. */
export const Owner = z.object({
  worker: ProcessIdentity,
  /** The leader of Packer's processes, once there is one. */
  packer: ProcessIdentity.nullable(),
  /** The stage this directory belongs to: itself, for a stage. */
  stage: z.string(),
  /** Process numbers mean something only within these. */
  machine: z.object({ id: z.string(), host: z.string(), boot: z.string(), processNamespace: z.string() }),
});
export type Owner = z.infer<typeof Owner>;

/** `gone` and `at-work` are certain; `foreign` is another machine's or container's, of which nothing can be seen from here. */
export type OwnerState = 'at-work' | 'gone' | 'foreign';

/** A fresh 0700 directory that this process owns for as long as `use` runs, and that is cleared away after, whatever happens. */
export async function withClaim<T>(
  prefix: string,
  { stage }: { stage?: string },
  use: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(prefix);
  try {
    const worker = identityOf(process.pid) ?? { pid: process.pid, start: 0 };
    await writeOwner(dir, { worker, packer: null, stage: stage ?? dir, machine: thisMachine() });
    return await use(dir);
  } finally {
    await release(dir);
  }
}

/** Notes down who leads Packer's processes, for the sweep after a worker that was killed. */
export async function noteLeader(dir: string, packer: ProcessIdentity | null): Promise<void> {
  const owner = await readOwner(dir);
  if (owner) await writeOwner(dir, { ...owner, packer });
}

/** Undefined where no owner is written, or not in our words. */
export async function readOwner(dir: string): Promise<Owner | undefined> {
  try {
    return Owner.parse(JSON.parse(await readFile(path.join(dir, OWNER_FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

export function stateOf({ machine, worker }: Owner): OwnerState {
  const here = thisMachine();
  const sameMachine = machine.id !== '' && machine.id === here.id && machine.host === here.host;
  if (sameMachine && machine.boot !== here.boot) return 'gone';
  if (machine.boot !== here.boot || machine.processNamespace !== here.processNamespace) return 'foreign';
  return isAlive(worker) ? 'at-work' : 'gone';
}

const OWNER_FILE = 'owner.json';

async function writeOwner(dir: string, owner: Owner): Promise<void> {
  const file = path.join(dir, OWNER_FILE);
  await writeFile(`${file}~`, JSON.stringify(owner), { mode: 0o600 });
  await rename(`${file}~`, file);
}

/** What cannot be removed now has no owner any more, so that the janitor tries again and says why it cannot. */
async function release(dir: string): Promise<void> {
  await rm(path.join(dir, OWNER_FILE), { force: true });
  await clearAway(dir).catch(() => {});
}

function thisMachine(): Owner['machine'] {
  return {
    id: readWord('/etc/machine-id'),
    host: hostname(),
    boot: readWord('/proc/sys/kernel/random/boot_id'),
    processNamespace: readlinkSync('/proc/self/ns/pid'),
  };
}

function readWord(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
