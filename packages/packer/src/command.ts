import path from 'node:path';
import type { Limits } from '@bakehouse/bake';
import { execa } from 'execa';
import { environmentText, ROOT_WORDS, rootArguments } from './as-root.ts';
import { noteLeader } from './claim.ts';
import { stageEnvironment } from './environment.ts';
import { holdLeash, type Leash } from './leash.ts';
import { makeSplitter, type RawLine } from './lines.ts';
import type { Kitchen, Overrun } from './packer-run.ts';
import { identityOf } from './process-tree.ts';
import { openSpool, type Spool } from './spool.ts';
import type { Stage } from './stage.ts';

/** One command of Packer, and who listens to it. */
export interface Command {
  /** The first argument is the command's name. */
  arguments: readonly string[];
  limits: Limits;
  /** Of each line, this many bytes at most. */
  keep: number;
  /** Awaited before more is read. */
  hear: (lines: readonly RawLine[]) => Promise<void>;
}

export interface CommandEnd {
  /** `null` after a signal. */
  exitCode: number | null;
  /** What stopped it, if it did not end by itself. */
  stopped: 'signal' | Overrun | undefined;
  /** It outlasted its grace. */
  killed: boolean;
}

/**
 * Runs a command of Packer in a stage, in a process group of its own. When this returns, no process of the tree is left
 * and every line has been heard. Throws when Packer cannot be started, or when `hear` threw.
 */
export async function runCommand(stage: Stage, command: Command, kitchen: Kitchen): Promise<CommandEnd> {
  if (kitchen.signal.aborted) return { exitCode: null, stopped: 'signal', killed: false };
  const spool = await openSpool(path.join(stage.dir, `${command.arguments[0]}.out`));
  try {
    return await supervise(stage, command, { ...kitchen, spool });
  } finally {
    await spool.close();
  }
}

async function supervise(stage: Stage, command: Command, kitchen: Kitchen & { spool: Spool }): Promise<CommandEnd> {
  const { spool, signal, outputLimit = DEFAULT_OUTPUT_LIMIT } = kitchen;
  const { child, send } = startPacker(stage, command, kitchen);
  const leader = child.pid === undefined ? null : identityOf(child.pid);
  const leash = holdLeash<'signal' | 'deaf' | Overrun>({ stage: stage.dir, leader }, command.limits, send);
  // A full disk must not end the worker: without this note the sweep still knows the processes by their marker.
  const noted = noteLeader(stage.dir, leader).catch(() => {});

  const stop = (): void => leash.pull('signal');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const unwatch = watch(spool, { ...command.limits, outputLimit }, leash);

  const gone = new AbortController();
  const hearing = hearAll(spool.read(gone.signal), command).catch((error: unknown) => {
    leash.pull('deaf');
    return { error };
  });

  // The exit, not the end of the output: an orphan may hold that open for as long as it likes.
  const { exitCode, code, originalMessage } = await child;
  unwatch();
  signal.removeEventListener('abort', stop);
  gone.abort();
  const [{ why, killed }, heard] = await Promise.all([leash.release(), hearing, noted]);
  if (heard) throw heard.error;
  const unstarted = code === undefined ? guardsExcuse(exitCode, kitchen) : originalMessage;
  if (unstarted !== undefined) throw new Error(`Packer (${kitchen.packer.path}) cannot be started: ${unstarted}`);
  return { exitCode: exitCode ?? null, stopped: why === 'deaf' ? undefined : why, killed };
}

/** What starts, behind a guard, is the guard: it says in shells' way that there is no such program, or that it may not be run. */
function guardsExcuse(exitCode: number | undefined, { packer, sudo = [] }: Kitchen): string | undefined {
  if (packer.guard.length === 0 && sudo.length === 0) return undefined;
  if (exitCode === 127) return 'it is not there any more';
  return exitCode === 126 ? 'it may not be executed any more' : undefined;
}

const DEFAULT_OUTPUT_LIMIT = 2 * 1024 ** 3;

/** How often time and size are looked at. */
const WATCH_MS = 250;

function startPacker(stage: Stage, command: Command, kitchen: Kitchen & { spool: Spool }) {
  const { packer, environment, sudo = [] } = kitchen;
  const argv = [packer.path, ...command.arguments];
  const env = stageEnvironment(stage, environment);
  // A worker that is killed cannot stop its Packer: the guard has the kernel send the SIGTERM.
  if (sudo.length === 0) return { child: start([...packer.guard, ...argv], { env, stage, kitchen }), send: undefined };

  const asRoot = [...sudo, ...rootArguments(stage, { argv, graceMs: command.limits.graceMs })];
  // Neither sudo nor the shell is Packer's: they have no marker by which they would be taken for it.
  const child = start(asRoot, { env: { PATH: env['PATH'] ?? '' }, stage, kitchen, input: 'pipe' });
  // It has just gone by itself, or never was; its exit code says so.
  child.stdin?.on('error', () => {});
  child.stdin?.write(environmentText(env));
  return { child, send: (signal: keyof typeof ROOT_WORDS) => void child.stdin?.write(ROOT_WORDS[signal]) };
}

interface Start {
  env: Readonly<Record<string, string>>;
  stage: Stage;
  kitchen: { spool: Spool };
  input?: 'pipe';
}

function start([program = '', ...rest]: readonly string[], { env, stage, kitchen, input }: Start) {
  // execa takes any descriptor; its types know the first few.
  const output = kitchen.spool.fd as 3;
  return execa(program, rest, {
    cwd: stage.workDir,
    env,
    extendEnv: false,
    stdin: input ?? 'ignore',
    stdout: output,
    stderr: output,
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  });
}

async function hearAll(chunks: AsyncIterable<Buffer>, { hear, keep }: Command): Promise<undefined> {
  const splitter = makeSplitter({ keep });
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) await hear(lines);
  }
  const rest = splitter.end();
  if (rest.length > 0) await hear(rest);
}

function watch(
  spool: Spool,
  { totalMs, idleMs, outputLimit }: Limits & { outputLimit: number },
  leash: Pick<Leash<Overrun>, 'pull' | 'cut'>,
): () => void {
  let size = 0;
  let grewAt = performance.now();
  const look = async (): Promise<void> => {
    const now = await spool.size();
    if (now !== size) grewAt = performance.now();
    size = now;
    if (size > outputLimit) leash.pull('output');
    // One that floods on while it is being stopped would fill the disk.
    if (size > 2 * outputLimit) leash.cut();
    if (performance.now() - grewAt >= idleMs) leash.pull('idle');
  };
  const clock = setTimeout(() => leash.pull('total'), totalMs);
  // A look that meets the end of the run finds the spool closed, and has nothing to say.
  const looking = setInterval(() => void look().catch(() => {}), Math.min(WATCH_MS, idleMs / 4));
  return () => {
    clearTimeout(clock);
    clearInterval(looking);
  };
}
