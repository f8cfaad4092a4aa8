import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** A whole bakery of real processes on loopback, with directories of its own. */
export interface Fleet {
  /** The api, e.g. `http://127.0.0.1:41234`. */
  url: string;
  redisUrl: string;
  /** Holds `images`, `cache`, the stages as `st` and a log of each program; gone after `stop`. */
  directory: string;
  workers: readonly ChildProcess[];
  api: () => ChildProcess;
  redis: () => ChildProcess;
  startWorker: (environment?: Record<string, string>) => Promise<ChildProcess>;
  startApi: () => Promise<void>;
  startRedis: () => Promise<void>;
  /** Ends everything this fleet started and removes its directory; throws when a process had to be killed. */
  stop: () => Promise<void>;
}

export interface FleetOptions {
  workers?: number;
  /** For api and workers. */
  environment?: Record<string, string>;
}

/** Starts Redis (append-only, so that it can be restarted), the api and workers; resolves when the api is ready and the workers are seen. */
export async function startFleet({ workers: count = 1, environment = {} }: FleetOptions = {}): Promise<Fleet> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bh-'));
  const [redisPort, apiPort] = [await freePort(), await freePort()];
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  const url = `http://127.0.0.1:${apiPort}`;
  const shared = {
    ...environment,
    REDIS_URL: redisUrl,
    HOST: '127.0.0.1',
    PORT: String(apiPort),
    BAKEHOUSE_IMAGES: path.join(directory, 'images'),
    BAKEHOUSE_CACHE: environment['BAKEHOUSE_CACHE'] ?? path.join(directory, 'cache'),
    BAKEHOUSE_STAGES: path.join(directory, 'st'),
    BAKEHOUSE_WORKER_PORT: '0',
  };
  const started: ChildProcess[] = [];
  const workers: ChildProcess[] = [];
  let redis: ChildProcess | undefined;
  let api: ChildProcess | undefined;

  const program = async (name: string, argv: readonly string[], extra: Record<string, string> = {}) => {
    const log = await open(path.join(directory, `${name}.log`), 'a');
    const [command = '', ...rest] = argv;
    const child = spawn(command, rest, {
      cwd: REPOSITORY,
      env: { ...process.env, ...shared, ...extra },
      stdio: ['ignore', log.fd, log.fd],
    });
    await log.close();
    started.push(child);
    return child;
  };
  const source = (app: string) => [
    process.execPath,
    '--import',
    'tsx',
    path.join(REPOSITORY, `apps/${app}/src/main.ts`),
  ];

  const startRedis = async () => {
    const argv = ['redis-server', '--port', String(redisPort), '--bind', '127.0.0.1', '--dir', directory];
    redis = await program('redis', [...argv, '--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction']);
    await until(
      async () => (await readFile(path.join(directory, 'redis.log'), 'utf8')).includes('Ready to accept'),
      'redis',
    );
  };
  const startApi = async () => {
    api = await program('api', source('api'));
    await until(async () => (await fetch(`${url}/ready`)).ok, `the api (its log is ${directory}/api.log)`);
  };
  const startWorker = async (extra: Record<string, string> = {}) => {
    const seen = async () => ((await (await fetch(`${url}/workers`)).json()) as { workers: unknown[] }).workers.length;
    const before = await seen();
    const worker = await program(`worker-${workers.length}`, source('worker'), extra);
    workers.push(worker);
    await until(async () => (await seen()) > before, `a worker (its log is in ${directory})`);
    return worker;
  };
  const stop = async () => {
    const killed = await endInOrder([...workers, ...started.filter((child) => !workers.includes(child)).reverse()]);
    await rm(directory, { recursive: true, force: true });
    if (killed.length > 0) throw new Error(`these processes did not end on SIGTERM within 20 s: ${killed.join(', ')}`);
  };

  const must = (child: ChildProcess | undefined): ChildProcess => {
    if (!child) throw new Error('that part of the fleet was never started');
    return child;
  };
  const fleet = {
    url,
    redisUrl,
    directory,
    workers,
    api: () => must(api),
    redis: () => must(redis),
    startRedis,
    startApi,
    startWorker,
    stop,
  };
  try {
    await startRedis();
    await startApi();
    for (let index = 0; index < count; index++) await startWorker();
    return fleet;
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Asks again and again until the answer is yes; refusals to connect count as no. */
export async function until(isSo: () => Promise<boolean>, what: string, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (await isSo().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port to be had on loopback');
  return address.port;
}

/** Workers first, Redis last; answers with the ids of those that had to be killed. */
async function endInOrder(children: readonly ChildProcess[]): Promise<number[]> {
  const killed: number[] = [];
  for (const child of children) {
    if (await end(child)) continue;
    child.kill('SIGKILL');
    killed.push(child.pid ?? 0);
  }
  return killed;
}

async function end(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const gone = new Promise<boolean>((resolve) => child.once('exit', () => resolve(true)));
  child.kill('SIGTERM');
  child.kill('SIGCONT');
  return Promise.race([gone, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20_000).unref())]);
}
