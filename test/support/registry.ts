import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, until } from './fleet.ts';

/** A docker registry of a test's own on loopback, where Docker asks for no certificate. */
export interface Registry {
  /** `127.0.0.1:<port>`: what stands before the names of its images. */
  address: string;
  tags: (repository: string) => Promise<string[]>;
  stop: () => Promise<void>;
}

/** Of the Debian package of the same name. */
const PROGRAM = 'docker-registry';

/** Starts `docker-registry`, or says why there can be none here. */
export async function startRegistry(): Promise<Registry | { unavailable: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bh-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = path.join(directory, 'config.yml');
  await writeFile(
    config,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${directory}/images } }\nhttp: { addr: '${address}' }\n`,
  );
  const registry = spawn(PROGRAM, ['serve', config], { stdio: 'ignore' });
  const stop = () => end(registry, directory);
  try {
    await Promise.race([
      once(registry, 'spawn').then(() => until(async () => (await fetch(`http://${address}/v2/`)).ok, 'the registry')),
      once(registry, 'error').then(([error]) => Promise.reject(error)),
    ]);
  } catch (error) {
    await stop();
    return { unavailable: `${PROGRAM} does not start here: ${error instanceof Error ? error.message : error}` };
  }
  const tags = async (repository: string) => {
    const answer = await fetch(`http://${address}/v2/${repository}/tags/list`);
    return ((await answer.json()) as { tags?: string[] }).tags ?? [];
  };
  return { address, tags, stop };
}

async function end(registry: ChildProcess, directory: string): Promise<void> {
  if (registry.pid !== undefined && registry.exitCode === null && registry.signalCode === null) {
    const gone = once(registry, 'exit');
    registry.kill('SIGTERM');
    await gone;
  }
  await rm(directory, { recursive: true, force: true });
}
