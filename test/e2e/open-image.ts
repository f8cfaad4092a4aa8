import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PLENTY = { maxBuffer: 64 * 1024 * 1024 };

/** What a root file system image says of itself, read with other programs than those that wrote it. */
export interface OpenImage {
  /** Names of the packages that dpkg has as installed. */
  packages: readonly string[];
  /** Whether there is an executable file of that path, e.g. `usr/bin/hello`. */
  hasProgram: (file: string) => Promise<boolean>;
}

/** Opens a tar. */
export async function openTar(image: string): Promise<OpenImage> {
  const { stdout } = await run('tar', ['--extract', '--to-stdout', '--file', image, './var/lib/dpkg/status'], PLENTY);
  return {
    packages: installed(stdout),
    hasProgram: async (file) => {
      const listed = await run('tar', ['--list', '--verbose', '--file', image, `./${file}`], PLENTY);
      return listed.stdout.startsWith('-rwxr-xr-x 0/0');
    },
  };
}

/** Opens a qcow2 disk whose surface is one ext4 file system, reads it with `use`, and closes it. */
export async function withDisk<T>(image: string, use: (disk: OpenImage) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bh-disk-'));
  try {
    const raw = path.join(directory, 'disk.raw');
    await run('qemu-img', ['convert', '-O', 'raw', image, raw]);
    const ask = async (question: string) => (await run('debugfs', ['-R', question, raw], PLENTY)).stdout;
    return await use({
      packages: installed(await ask('cat /var/lib/dpkg/status')),
      hasProgram: async (file) => /Type: regular\s+Mode:\s+0755/.test(await ask(`stat /${file}`)),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function installed(status: string): string[] {
  return status.split('\n\n').flatMap((paragraph) => {
    const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
    return name && /^Status: install ok installed$/m.test(paragraph) ? [name] : [];
  });
}
