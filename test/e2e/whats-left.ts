import { readdir, readFile, readlink } from 'node:fs/promises';

/** Everything alive that has to do with a directory: command lines of processes that name it or stand in it, and mounts on it. */
export async function whatIsLeftOf(directory: string): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const uses = await Promise.all(processes.map((pid) => useOf(pid, directory)));
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(directory));
  return [...uses.filter((use) => use !== undefined), ...mounts];
}

async function useOf(pid: string, directory: string): Promise<string | undefined> {
  const [command = '', ...places] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
    readlink(`/proc/${pid}/root`).catch(() => ''),
  ]);
  if (!command.includes(directory) && !places.some((place) => place.startsWith(directory))) return undefined;
  return `${pid} ${command.replaceAll('\0', ' ')}`;
}
