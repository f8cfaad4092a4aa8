import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A `redis-server` of a test's own, on a loopback port of its own, with nothing on disk that outlives it. */
export interface OwnRedis {
  readonly url: string;
  /** Takes it away as an outage would: every connection breaks and new ones are refused. */
  stop(): Promise<void>;
  /** Brings it back on the same port, with its data if it was started with AOF; nothing to do for one that runs. */
  start(): Promise<void>;
  /** For the end of the test: stops it and removes its directory. */
  remove(): Promise<void>;
}

/** Starts the `redis-server` on PATH. `options` are its own, e.g. `['--maxmemory-policy', 'allkeys-lru']`, and win over ours. */
export async function startOwnRedis(options: readonly string[] = []): Promise<OwnRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'bakehouse-redis-'));
  const port = await freePort();
  let server: ChildProcess | undefined;

  const isRunning = () => server !== undefined && server.exitCode === null && server.signalCode === null;
  const start = async () => {
    if (isRunning()) return;
    server = spawn('redis-server', [...plain, '--port', `${port}`, '--dir', directory, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await isReady(server);
  };
  const stop = async () => {
    if (!server || !isRunning()) return;
    const exit = once(server, 'exit');
    server.kill('SIGTERM');
    await exit;
  };
  const remove = async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (cause) {
    await remove();
    throw cause;
  }
  return { url: `redis://127.0.0.1:${port}`, start, stop, remove };
}

const plain = [
  '--bind',
  '127.0.0.1',
  '--save',
  '',
  '--appendonly',
  'no',
  '--maxmemory-policy',
  'noeviction',
  '--daemonize',
  'no',
];

async function isReady(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error('redis-server does not start; install it, e.g. apt-get install redis-server', { cause })),
    );
    server.once('exit', (code) => reject(new Error(`redis-server exited with ${code}: ${said.slice(-400)}`)));
    server.stdout?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4000);
      if (said.includes('Ready to accept connections')) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('the system gave no port for a loopback listener');
  return address.port;
}
