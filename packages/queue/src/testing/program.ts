import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A program of this folder as a process of its own. */
export interface Program {
  /** The next line it says. */
  line(): Promise<string>;
  tell(text: string): void;
  /** How it ended by itself. */
  exit(): Promise<number | null>;
  /** Ends it with no chance to tidy up, and resolves when it is gone. */
  kill(): Promise<void>;
}

export function runProgram(name: string, args: readonly string[]): Program {
  const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--import', 'tsx', path, ...args],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} said no more; it exited with ${child.exitCode ?? child.signalCode}`);
      return value;
    },
    tell: (text) => void child.stdin.write(text),
    exit: () => exit,
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
