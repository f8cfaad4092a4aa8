import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** A process that cannot be taken for a later one with the same number. `start` is in clock ticks since boot. */
export const ProcessIdentity = z.object({ pid: z.number().int(), start: z.number().int() });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** How the processes of one stage are known: by the marker in their environment, by the session of their leader, or by their parents. */
export interface TreeMark {
  stage: string;
  leader: ProcessIdentity | null;
}

/** Every process under a stage has this variable with the stage's directory, even one that left the process group. */
export const STAGE_MARKER = 'BAKEHOUSE_STAGE';

const KILL_PATIENCE_MS = 10_000;

export function identityOf(pid: number): ProcessIdentity | null {
  const process = readProcess(pid);
  return process && { pid, start: process.start };
}

export function isAlive({ pid, start }: ProcessIdentity): boolean {
  const process = readProcess(pid);
  return process !== null && !isDead(process) && process.start === start;
}

/** The living processes of a stage. Takes a few milliseconds, and lets others run in between. */
async function treeOf(mark: TreeMark): Promise<ProcessIdentity[]> {
  const all = await readProcesses();
  const sessionIsOurs = !all.some(({ pid, start }) => pid === mark.leader?.pid && start !== mark.leader.start);
  const found = new Set<number>();
  for (const process of all) {
    const inSession = sessionIsOurs && mark.leader !== null && isIn(process, mark.leader.pid);
    if (inSession || hasMarker(process, mark)) found.add(process.pid);
  }
  addDescendants(all, found);
  return all.filter((process) => found.has(process.pid) && !isDead(process));
}

/**
 * Ends what is left of a tree: at once when nothing is, else SIGTERM, `patienceMs` to finish, SIGKILL. Returns what
 * would not die even so (a process stuck in the kernel).
 */
export async function endTree(mark: TreeMark, patienceMs: number): Promise<ProcessIdentity[]> {
  const left = await treeOf(mark);
  if (left.length === 0) return [];
  if (patienceMs > 0) {
    send('SIGTERM', left);
    if ((await waitUntilEmpty(mark, { withinMs: patienceMs, each: () => {} })).length === 0) return [];
  }
  return waitUntilEmpty(mark, { withinMs: KILL_PATIENCE_MS, each: (living) => send('SIGKILL', living) });
}

interface ProcessStat extends ProcessIdentity {
  state: string;
  parent: number;
  group: number;
  session: number;
}

async function waitUntilEmpty(
  mark: TreeMark,
  { withinMs, each }: { withinMs: number; each: (living: readonly ProcessIdentity[]) => void },
): Promise<ProcessIdentity[]> {
  const until = performance.now() + withinMs;
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const living = await treeOf(mark);
    if (living.length === 0 || performance.now() >= until) return living;
    each(living);
    await sleep(pauseMs);
  }
}

function send(signal: NodeJS.Signals, processes: readonly ProcessIdentity[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It went by itself.
    }
  }
}

async function readProcesses(): Promise<ProcessStat[]> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const found: ProcessStat[] = [];
  for (const [index, pid] of pids.entries()) {
    // Reading /proc never waits for a disk, so it is done at once; but not for thousands of processes in one breath.
    if (index % 200 === 199) await setImmediate();
    const process = readProcess(pid);
    if (process) found.push(process);
  }
  return found;
}

function readProcess(pid: number): ProcessStat | null {
  const stat = readOrNull(`/proc/${pid}/stat`)?.toString('latin1');
  if (!stat) return null;
  // The name stands in brackets and may hold anything, brackets too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, group, session] = fields;
  return {
    pid,
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    start: Number(fields[19]),
  };
}

function hasMarker({ pid, start }: ProcessStat, { stage, leader }: TreeMark): boolean {
  if (pid === process.pid || (leader && start < leader.start)) return false;
  return readOrNull(`/proc/${pid}/environ`)?.includes(`${STAGE_MARKER}=${stage}\0`) ?? false;
}

/** A process that has gone, or belongs to another user, reads as nothing. */
function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

function addDescendants(all: readonly ProcessStat[], found: Set<number>): void {
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
}

const isIn = ({ session, group }: ProcessStat, leader: number): boolean => session === leader || group === leader;

const isDead = ({ state }: ProcessStat): boolean => state === 'Z' || state === 'X';
