import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { freePort, until } from '../fleet.ts';

/** Where set-up puts it (tools/set-up/python-packages.mjs). */
const PROGRAM = path.resolve(import.meta.dirname, '../../../.bakehouse/fake-ec2/bin/moto_server');

/** moto's server: keeps instances, images, keys and groups as EC2 does, and has no machines. */
export interface Moto {
  url: string;
  stop: () => Promise<void>;
}

export const hasMoto = (): boolean => existsSync(PROGRAM);

/** It knows the images of images.json; its log is `moto.log` in `directory`. */
export async function startMoto(directory: string): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = await open(path.join(directory, 'moto.log'), 'w');
  // It goes when whoever started it goes.
  const server = spawn('setpriv', ['--pdeathsig', 'TERM', PROGRAM, '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, MOTO_AMIS_PATH: path.join(import.meta.dirname, 'images.json') },
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const stop = () => end(server);
  try {
    await until(async () => (await fetch(`${url}/moto-api/data.json`)).ok, 'moto');
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { url, stop };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
}
