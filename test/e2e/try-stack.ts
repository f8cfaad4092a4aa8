import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { processesAbout } from '../support/what-is-left.ts';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/bakehouse.mjs', import.meta.url));

/** For tests: a directory to run the real command line in, with templates of its own over the shipped ones. */
export interface Try {
  directory: string;
  /** Starts `bakehouse …` there as a user would; `said` grows while it runs. */
  start(...argv: string[]): Running;
  /** Pids of all processes that were started under this directory's environment and still live. */
  left(): Promise<number[]>;
  /** Kills what is left, removes the directory, and answers with what had to be killed. */
  remove(): Promise<number[]>;
}

export interface Running {
  pid: number;
  said: { stdout: string; stderr: string };
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  press(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
}

/** A template whose image is there at once. */
export const QUICK = {
  variables: { local_output_dir: '', local_target_image: '' },
  builders: [
    { type: 'file', content: 'an image', target: '{{user `local_output_dir`}}/{{user `local_target_image`}}.txt' },
  ],
};

/** A template that does not end by itself. */
export const SLOW = {
  builders: [{ type: 'null', communicator: 'none' }],
  provisioners: [{ type: 'shell-local', inline: ['echo begun', 'sleep 300'] }],
};

/** A template that fails. */
export const BROKEN = {
  builders: [{ type: 'null', communicator: 'none' }],
  provisioners: [{ type: 'shell-local', inline: ['exit 3'] }],
};

/** `environment` is the test's own, of which what would lead to another bakery is left out. */
export async function openTry(
  environment: NodeJS.ProcessEnv,
  templates: Readonly<Record<string, object>> = {},
): Promise<Try> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bh-try-'));
  const overlay = path.join(directory, 'templates');
  await mkdir(overlay);
  for (const [name, template] of Object.entries(templates))
    await writeFile(path.join(overlay, name), JSON.stringify(template));
  const { HOST: _, PORT: __, REDIS_URL: ___, ...inherited } = environment;
  const env = {
    ...inherited,
    BAKEHOUSE_TEMPLATES: overlay,
    BAKEHOUSE_STAGES: path.join(directory, 'st'),
  };
  const left = async () => (await processesAbout(directory)).map(({ pid }) => pid);
  return {
    directory,
    start: (...argv) => {
      const child = spawn(process.execPath, [BIN, ...argv], { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const said = { stdout: '', stderr: '' };
      child.stdout.on('data', (chunk) => {
        said.stdout += chunk;
      });
      child.stderr.on('data', (chunk) => {
        said.stderr += chunk;
      });
      const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
      return { pid: child.pid ?? 0, said, ended, press: (signal) => void child.kill(signal) };
    },
    left,
    remove: async () => {
      const alive = await left();
      for (const pid of alive) process.kill(pid, 'SIGKILL');
      await rm(directory, { recursive: true, force: true });
      return alive;
    },
  };
}
