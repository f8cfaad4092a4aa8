import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** A small real system with apt and dnf, in which shell scripts run as root; each run finds it as new. */
export interface PackageRoot {
  /** For test and runs alike: `/mnt` in the system. */
  shared: string;
  /** Runs bash there, with our `packer/` as `/srv` and this environment only; the network is the machine's. */
  run: (script: string, environment?: Record<string, string>) => Promise<Ran>;
  remove: () => Promise<void>;
}

export interface Ran {
  status: number | null;
  /** What was said on both outputs. */
  output: string;
  seconds: number;
}

/** Opens one, or says why there can be none here. Making it takes a minute, once in a week. */
export async function openPackageRoot(): Promise<PackageRoot | { unavailable: string }> {
  if (process.getuid?.() !== 0) return { unavailable: 'mounting a root file system takes root' };
  if (!isOnPath('mmdebstrap')) return { unavailable: 'there is no mmdebstrap on PATH (Debian package mmdebstrap)' };
  const directory = await mkdtemp(path.join(tmpdir(), 'bh-root-'));
  const [tree, shared] = [path.join(directory, 'tree'), path.join(directory, 'shared')];
  for (const place of [tree, shared, path.join(directory, 'work')]) await mkdir(place);
  const opened = (script: string, environment = {}) => runIn(directory, script, environment);
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await run('tar', ['--extract', '--file', await packedTree(), '--directory', tree, '--exclude', './dev/*']);
    const { status, output } = await opened('true');
    if (status === 0) return { shared, run: opened, remove };
    await remove();
    return { unavailable: `no overlay can be mounted here: ${output.trim()}` };
  } catch (error) {
    await remove();
    throw error;
  }
}

const PROGRAMS = ['apt-utils', 'createrepo-c', 'dnf', 'init-system-helpers', 'rpm', 'sudo'];
const WEEK_MS = 7 * 24 * 3_600_000;

/** A tar of it, kept between runs. Its own sources are left out: tests bring theirs. */
async function packedTree(): Promise<string> {
  const tar = path.join(REPOSITORY, '.bakehouse/cache/test', `bookworm-${PROGRAMS.join('-')}.tar`);
  const made = await stat(tar).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (Date.now() - made < WEEK_MS) return tar;
  await mkdir(path.dirname(tar), { recursive: true });
  const part = `${tar}.${process.pid}.tar`;
  const hooks = [
    'rm -f "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap',
    ': >"$1"/etc/apt/sources.list',
  ];
  const argv = ['--quiet', '--variant=apt', `--include=${PROGRAMS.join(',')}`];
  try {
    await run('mmdebstrap', [...argv, ...hooks.map((hook) => `--customize-hook=${hook}`), 'bookworm', part]);
    await rename(part, tar);
  } finally {
    await rm(part, { force: true });
  }
  return tar;
}

/** Mounts end with the namespace, and processes with its first one, whatever happens. */
function runIn(directory: string, script: string, environment: Record<string, string>): Promise<Ran> {
  const began = performance.now();
  const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const enclosure = ['--mount', '--pid', '--fork', '--kill-child=KILL', 'bash', '-euc', MACHINE, 'machine'];
  const child = spawn('unshare', [...enclosure, ...given], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', directory, packer: path.join(REPOSITORY, 'packer'), script },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output, seconds: (performance.now() - began) / 1000 }));
  });
}

const MACHINE = `
  mount -t tmpfs tmpfs "$directory/work"
  cd "$directory/work"
  mkdir upper work root
  mount -t overlay overlay -o "lowerdir=$directory/tree,upperdir=$PWD/upper,workdir=$PWD/work" root
  mount -t proc proc root/proc
  mount --rbind /dev root/dev
  mount --bind "$directory/shared" root/mnt
  mount --bind "$packer" root/srv
  exec env --ignore-environment PATH="$PATH" HOME=/root "$@" chroot root bash -c "$script"`;

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(path.delimiter).some((directory) => existsSync(path.join(directory, program)));
