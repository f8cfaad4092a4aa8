import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { no, type Result, yes } from '@bakehouse/bake';
import { z } from 'zod';
import type { Trouble } from '../trouble.ts';

const Holder = z.object({
  pid: z.number().int(),
  started: z.string(),
  url: z.string().optional(),
  redisUrl: z.string().optional(),
});
type Holder = z.infer<typeof Holder>;

/** The right to use a data directory, held by this process until `release`. */
export interface Lock {
  /** Writes where the stack is, for people who look for it. */
  describe(place: { url: string; redisUrl: string }): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock, from a dead holder too; a "no" names the living one. The file is for our eyes only: it may hold a password. */
export async function takeLock(file: string): Promise<Result<Lock, Trouble>> {
  const me: Holder = { pid: process.pid, started: await startOf(process.pid) };
  const own = `${file}.${me.pid}`;
  await writeFile(own, JSON.stringify(me), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 5; tries++) {
      if (await linked(own, file)) return yes(lockOf(file, me));
      const holder = await readHolder(file);
      if (holder && (await isAlive(holder))) return no(heldBy(holder, file));
      await setAside(file, `${own}.stale`);
    }
    return no({ kind: 'in-the-way', what: `the lock ${file} is fought over`, mend: 'try again' });
  } finally {
    await rm(own, { force: true });
    await rm(`${own}.stale`, { force: true });
  }
}

function lockOf(file: string, me: Holder): Lock {
  return {
    describe: (place) => writeFile(file, JSON.stringify({ ...me, ...place }), { mode: 0o600 }),
    async release() {
      const holder = await readHolder(file);
      if (holder?.pid === me.pid && holder.started === me.started) await rm(file, { force: true });
    },
  };
}

const heldBy = ({ pid, url }: Holder, file: string): Trouble => ({
  kind: 'in-the-way',
  what: `process ${pid} already runs a stack here${url === undefined ? '' : ` at ${url}`} (${file})`,
  mend: `use that one, stop it with: kill ${pid}, or choose another directory with --data`,
});

async function linked(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Two that find the same dead holder may both get here: whoever sets aside a living one's lock puts it back. */
async function setAside(file: string, aside: string): Promise<void> {
  await rename(file, aside).catch(() => {});
  const holder = await readHolder(aside);
  if (holder && (await isAlive(holder))) await linked(aside, file);
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A pid alone is given out again; with its start it is one process. */
async function isAlive({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return (await startOf(pid)) === started;
}

/** When a process began, in the kernel's own count; empty where the kernel does not say. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold anything; the 20th field after it is the start.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
