import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../fleet.ts';
import { processesAbout } from '../what-is-left.ts';
import { copyDisk } from './disks.ts';

/** The machines behind the fake cloud's instances, by instance id. */
export interface Machines {
  /** Answers with the loopback address whose port 22 leads to it; whoever has the key may log in. */
  boot: (id: string, publicKey: string) => Promise<string>;
  /** Ends everything that runs on it. Its disk stays. */
  halt: (id: string) => Promise<void>;
  haltAll: () => Promise<void>;
  disk: (id: string) => string;
}

/** Every machine starts from a copy of the tree `base`; disks and logs are kept in `directory`. */
export function machinesOn(base: string, directory: string): Machines {
  const running = new Map<string, ChildProcess>();
  const disk = (id: string) => path.join(directory, id);

  const boot = async (id: string, publicKey: string) => {
    const address = `127.${between(16, 250)}.${between(1, 250)}.${between(2, 250)}`;
    await mkdir(directory, { recursive: true });
    await copyDisk(base, disk(id), publicKey);
    running.set(id, await start(disk(id), address));
    return address;
  };
  const halt = async (id: string) => {
    const machine = running.get(id);
    if (!machine) return;
    running.delete(id);
    await end(machine);
    await until(async () => (await processesAbout(disk(id))).length === 0, `machine ${id} to end`);
  };
  return { boot, halt, haltAll: async () => void (await Promise.all([...running.keys()].map(halt))), disk };
}

async function start(tree: string, address: string): Promise<ChildProcess> {
  const log = await open(`${tree}.log`, 'w');
  // It goes when whoever started it goes.
  const leash = ['--pdeathsig', 'KILL', path.join(import.meta.dirname, 'machine.sh')];
  const machine = spawn('setpriv', [...leash, tree, address], { stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  return machine;
}

async function end(machine: ChildProcess): Promise<void> {
  if (machine.exitCode !== null || machine.signalCode !== null) return;
  const gone = once(machine, 'exit');
  machine.kill('SIGKILL');
  await gone;
}

const between = (low: number, high: number): number => low + Math.floor(Math.random() * (high - low));
