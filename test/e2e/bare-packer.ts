import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const TEMPLATES = path.resolve(import.meta.dirname, '../../packer');

/** Packer alone, without any of our programs, on the template that makes local images. */
export interface BarePacker {
  directory: string;
  /** Where an image of that name and what stands beside it are written. */
  output: (name: string, file?: string) => string;
  /** Starts `packer build`; `variables` go on top of what the template must have. */
  build: (name: string, variables?: Record<string, string>) => Build;
  remove: () => Promise<void>;
}

interface Build {
  packer: ChildProcess;
  /** Packer's temporary directory of this build: empty once it is over. */
  temporary: string;
  said: () => string;
  ended: Promise<{ code: number | null; output: string; seconds: number }>;
}

export async function barePacker(): Promise<BarePacker> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bh-bare-'));
  const output = (name: string, file = '') => path.join(directory, 'images', name, file);
  let builds = 0;
  const build = (name: string, variables: Record<string, string> = {}): Build => {
    const temporary = path.join(directory, `t${++builds}`);
    const all = {
      local_suite: 'bookworm',
      local_target_image: name,
      local_output_dir: output(name),
      local_cache_dir: path.join(directory, 'cache'),
      configDir: TEMPLATES,
      manifestFile: output(name, 'manifest.json'),
      ...variables,
    };
    const argv = Object.entries(all).flatMap(([key, value]) => ['-var', `${key}=${value}`]);
    return start(['build', '-color=false', ...argv, path.join(TEMPLATES, 'local.json')], temporary);
  };
  return { directory, output, build, remove: () => rm(directory, { recursive: true, force: true }) };
}

function start(argv: readonly string[], temporary: string): Build {
  const began = performance.now();
  let output = '';
  const launched = mkdir(temporary, { recursive: true });
  const env = { ...process.env, TMPDIR: temporary, PACKER_CONFIG_DIR: temporary, CHECKPOINT_DISABLE: '1' };
  const packer = spawn(
    'sh',
    ['-c', 'mkdir -p "$TMPDIR" && exec "$0" "$@"', process.env['PACKER_BIN'] ?? 'packer', ...argv],
    {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [packer.stdout, packer.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  const ended = launched.then(
    () =>
      new Promise<{ code: number | null; output: string; seconds: number }>((resolve) =>
        packer.once('close', (code) => resolve({ code, output, seconds: (performance.now() - began) / 1000 })),
      ),
  );
  return { packer, temporary, said: () => output, ended };
}
