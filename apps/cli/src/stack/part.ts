import { spawn } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import { harmless } from '../screen.ts';
import type { Trouble } from '../trouble.ts';

/** A program that `up` has started: a process group of its own, so that Ctrl-C in the terminal reaches `up` alone. */
export interface Part {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** How it ended, once it has: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
  readonly running: () => boolean;
  /** Signals the program; nothing once it has ended. */
  signal(name: 'SIGTERM'): void;
  /** Kills its whole group. */
  kill(): void;
}

export interface PartPlan {
  name: string;
  argv: readonly string[];
  /** All of its environment. */
  variables: Readonly<Record<string, string>>;
  logs: string;
  /** Given on its standard input, so that it shows in no list of processes. */
  input?: string;
}

/** Starts a program with its output in a log file of its own; the log of the time before is kept beside it. */
export async function startPart(plan: PartPlan): Promise<Result<Part, Trouble>> {
  const { name, argv, variables, input = '' } = plan;
  const log = path.join(plan.logs, `${name}.log`);
  await rename(log, `${log}.1`).catch(() => {});
  const file = await open(log, 'a', 0o600);
  const [command = '', ...rest] = argv;
  const child = spawn(command, rest, { detached: true, env: { ...variables }, stdio: ['pipe', file.fd, file.fd] });
  // From the first moment: a program may end before its log is closed here.
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) killGroup(child.pid);
      resolve(signal ?? `exit code ${code}`);
    });
  });
  const spawned = await new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
  await file.close();
  const { pid } = child;
  if (spawned || pid === undefined) {
    return no({
      kind: 'broken-stack',
      part: name,
      why: `cannot be started: ${spawned?.message}`,
      lastLines: [],
      log: null,
    });
  }
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);

  const running = () => child.exitCode === null && child.signalCode === null;
  return yes({
    name,
    pid,
    log,
    ended,
    running,
    signal: (signal) => void (running() && child.kill(signal)),
    kill: () => void (running() && killGroup(pid)),
  });
}

/** What a part said last, for whoever has to find out why it died. */
export async function lastWords({ log }: Part, count = 15): Promise<string[]> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => harmless(line).slice(0, 400));
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody left in it.
  }
}
