import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from './fleet.ts';

const run = promisify(execFile);

/** A Docker of a test's own: its socket, its images, no network but the machine's (`--network=host`). */
export interface PrivateDocker {
  /** For `DOCKER_HOST`. */
  host: string;
  directory: string;
  /** The `docker` command on it; answers with what it printed. */
  docker: (...argv: readonly string[]) => Promise<string>;
  /** Makes the image `name` of the smallest Debian that can install packages. */
  importDebian: (suite: string, name: string) => Promise<void>;
  /** Ends it with everything in it; throws when it had to be killed. */
  stop: () => Promise<void>;
}

/** Starts `dockerd`, or says why there can be none here. */
export async function startPrivateDocker(): Promise<PrivateDocker | { unavailable: string }> {
  if (process.getuid?.() !== 0) return { unavailable: 'a Docker of our own takes root' };
  for (const program of ['dockerd', 'docker'])
    if (!isOnPath(program)) return { unavailable: `there is no ${program} on PATH (Debian package docker.io)` };

  const directory = await mkdtemp(path.join(tmpdir(), 'bh-docker-'));
  const host = `unix://${directory}/s`;
  const env = { ...process.env, DOCKER_HOST: host, DOCKER_CONFIG: directory };
  const docker = async (...argv: readonly string[]) => (await run('docker', argv, { env })).stdout.trim();
  const daemon = await startDaemon(directory, host);
  try {
    await until(
      async () => daemon.exitCode !== null || (await docker('info', '--format', '{{.ID}}')) !== '',
      'dockerd',
    );
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with ${daemon.exitCode}`);
  } catch (error) {
    const last = (await readFile(path.join(directory, 'log'), 'utf8')).trim().split('\n').at(-1);
    await end(daemon, directory);
    return { unavailable: `dockerd does not start here: ${error instanceof Error ? error.message : error}; ${last}` };
  }
  const importDebian = async (suite: string, name: string) => {
    const tree = path.join(directory, 'tree.tar');
    await run('mmdebstrap', ['--quiet', '--variant=minbase', suite, tree]);
    await docker('import', tree, name);
    await rm(tree);
  };
  return { host, directory, docker, importDebian, stop: () => end(daemon, directory) };
}

async function startDaemon(directory: string, host: string): Promise<ChildProcess> {
  const log = await open(path.join(directory, 'log'), 'w');
  const places = ['--host', host, '--data-root', `${directory}/data`, '--exec-root', `${directory}/x`];
  // It must not touch the machine's own bridges and packet filters.
  const alone = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'];
  const daemon = spawn('dockerd', [...places, '--pidfile', `${directory}/pid`, ...alone], {
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  return daemon;
}

async function end(daemon: ChildProcess, directory: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const gone = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    const hurry = setTimeout(() => daemon.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(hurry);
  }
  // Network namespaces stay mounted when their daemon goes.
  for (const mount of await mountsBelow(directory)) await run('umount', ['--lazy', mount]);
  await rm(directory, { recursive: true, force: true });
  if (daemon.signalCode === 'SIGKILL') throw new Error('dockerd did not end on SIGTERM within 30 s');
}

async function mountsBelow(directory: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const places = lines.flatMap((line) => line.split(' ')[1] ?? []);
  return places.filter((place) => place.startsWith(`${directory}/`)).reverse();
}

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(path.delimiter).some((directory) => existsSync(path.join(directory, program)));
