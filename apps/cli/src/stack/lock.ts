import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { no, type Result, yes } from '@bakehouse/bake';
import { z } from 'zod';
import type { Trouble } from '../trouble.ts';

/** A pid alone is given out again; with its start it is one process. */
const Process = z.object({ pid: z.number().int(), started: z.string() });
type Process = z.infer<typeof Process>;

const Holder = Process.extend({
  guardian: Process.optional(),
  url: z.string().optional(),
  redisUrl: z.string().optional(),
});
type Holder = z.infer<typeof Holder>;

/** The right to use a data directory, held by this process until `release`, and after its death by its guardian's while that lives. */
export interface Lock {
  /** Adds to the file who ends the stack after our death, or where it is, for people who look for it. */
  note(facts: { guardian: number } | { url: string; redisUrl: string }): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock, from a dead holder too; a "no" names the living one. The file is for our eyes only: it may hold a password. */
export async function takeLock(file: string): Promise<Result<Lock, Trouble>> {
  const me = await processOf(process.pid);
  const own = `${file}.${me.pid}`;
  await writeFile(own, JSON.stringify(me), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 5; tries++) {
      if (await linked(own, file)) return yes(lockOf(file, me));
      const holder = await readHolder(file);
      const held = holder && (await whyHeld(holder, file));
      if (held) return no(held);
      await setAside(file, `${own}.stale`);
    }
    return no({ kind: 'in-the-way', what: `the lock ${file} is fought over`, mend: 'try again' });
  } finally {
    await rm(own, { force: true });
    await rm(`${own}.stale`, { force: true });
  }
}

function lockOf(file: string, me: Holder): Lock {
  let told = me;
  return {
    async note(facts) {
      const guardian = 'guardian' in facts && { guardian: await processOf(facts.guardian) };
      told = { ...told, ...('url' in facts && facts), ...guardian };
      const next = `${file}.${me.pid}`;
      await writeFile(next, JSON.stringify(told), { mode: 0o600 });
      await rename(next, file);
    },
    async release() {
      const holder = await readHolder(file);
      if (holder?.pid === me.pid && holder.started === me.started) await rm(file, { force: true });
    },
  };
}

function heldBy({ pid, url }: Holder, file: string): Trouble {
  const where = url === undefined ? '' : ` at ${url}`;
  const mend = `use that one, stop it with: kill ${pid}, or choose another directory with --data`;
  return { kind: 'in-the-way', what: `process ${pid} already runs a stack here${where} (${file})`, mend };
}

/** Undefined when nobody holds the lock any more. */
async function whyHeld(holder: Holder, file: string): Promise<Trouble | undefined> {
  if (await isAlive(holder)) return heldBy(holder, file);
  if (!holder.guardian || !(await isAlive(holder.guardian))) return undefined;
  const what = `what process ${holder.pid} left when it died is still being ended (by process ${holder.guardian.pid})`;
  return { kind: 'in-the-way', what, mend: 'try again in a moment' };
}

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
  if (holder && (await whyHeld(holder, file))) await linked(aside, file);
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, started }: Process): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return (await processOf(pid)).started === started;
}

/** `started` is in the kernel's own count: empty where the kernel does not say, `dead` for one that nobody has reaped. */
async function processOf(pid: number): Promise<Process> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold anything; after it come the state and, as the 20th, the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, started: /^[ZX]$/.test(fields[0] ?? '') ? 'dead' : (fields[19] ?? '') };
}
