import { readdir, readFile, readlink } from 'node:fs/promises';

/** A process that lives. */
interface Alive {
  pid: number;
  command: string;
}

/** Processes that have to do with these words: in their command line or environment, or in the path of where they stand. Never this one. */
export async function processesAbout(words: string): Promise<Alive[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // What has ended meanwhile says nothing.
      const [command = '', ...rest] = await Promise.all([
        ...['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
        ...['cwd', 'root'].map((link) => readlink(`/proc/${pid}/${link}`).catch(() => '')),
      ]);
      const isAbout = [command, ...rest].some((text) => text.includes(words));
      return isAbout ? [{ pid: Number(pid), command: command.replaceAll('\0', ' ') }] : [];
    }),
  );
  return found.flat();
}

/** Everything alive that has to do with a directory: processes and mounts, a line each. */
export async function whatIsLeftOf(directory: string): Promise<string[]> {
  const processes = await processesAbout(directory);
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(directory));
  return [...processes.map(({ pid, command }) => `${pid} ${command}`), ...mounts];
}
