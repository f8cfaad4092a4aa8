import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import { execa } from 'execa';
import { type Environment, QUIET } from './environment.ts';

/** The Packer that a worker runs. */
export interface Packer {
  /** Absolute. */
  path: string;
  /** As it says itself, e.g. `1.6.6`; with `-dev` or the like for one that is no release. */
  version: string;
  /** What is put before it, so that it is stopped when the worker is killed; empty where the system has no such thing. */
  guard: readonly string[];
}

/** Finds Packer by path or name, and asks what it is. The sentence says why it cannot be used. */
export async function findPacker(bin: string, environment: Environment): Promise<Result<Packer, string>> {
  const file = await locate(bin, environment);
  if (!file) return no(`there is no '${bin}' that can be run (PATH: ${environment['PATH'] ?? ''}); ${REMEDY}`);
  const [version, guard] = await Promise.all([askVersion(file, environment), findGuard(environment)]);
  if (!version.ok) return no(`${file} ${version.no}; ${REMEDY}`);
  if (isOlder(version.value, OLDEST))
    return no(`${file} is Packer ${version.value}, and ${OLDEST} is the oldest that works; ${REMEDY}`);
  return yes({ path: file, version: version.value, guard });
}

const OLDEST = '1.6.6';

const REMEDY = 'install HashiCorp Packer, or set PACKER_BIN to where it is';

async function locate(bin: string, environment: Environment): Promise<string | undefined> {
  const dirs = bin.includes(path.sep) ? [''] : (environment['PATH'] ?? '').split(path.delimiter);
  for (const dir of dirs) {
    const file = path.resolve(dir, bin);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  return undefined;
}

/** Asked in an empty directory: old versions run whatever `packer-plugin-*` they find in the working directory. */
async function askVersion(file: string, environment: Environment): Promise<Result<string, string>> {
  const dir = await mkdtemp(path.join(tmpdir(), 'bakehouse-'));
  try {
    const env = { ...environment, ...QUIET, HOME: dir, TMPDIR: dir, PACKER_CONFIG_DIR: dir };
    const asked = await execa(file, ['version', '-machine-readable'], {
      cwd: dir,
      env,
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      reject: false,
      timeout: 60_000,
      forceKillAfterDelay: 1_000,
      maxBuffer: 1024 * 1024,
    });
    const said = asked.all ?? '';
    const version = /^\d+,,version,(\S+)$/m.exec(said)?.[1] ?? /^Packer v(\d\S*)/m.exec(said)?.[1];
    // The key is spelt so.
    const label = /^\d+,,version-prelease,(\S+)$/m.exec(said)?.[1];
    if (version) return yes(label ? `${version}-${label}` : version);
    return no(
      `does not say a version as Packer does (it ${endOf(asked)}, and said: ${said.slice(0, 300).trim() || 'nothing'})`,
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function endOf({
  exitCode,
  timedOut,
  shortMessage,
}: {
  exitCode?: number | undefined;
  timedOut: boolean;
  shortMessage?: string | undefined;
}): string {
  if (timedOut) return 'did not answer within a minute';
  return exitCode === undefined ? `failed: ${shortMessage ?? ''}` : `exited with ${exitCode}`;
}

async function findGuard(environment: Environment): Promise<readonly string[]> {
  const guard = ['setpriv', '--pdeathsig', 'TERM', '--'];
  const [program = '', ...rest] = guard;
  const tried = await execa(program, [...rest, 'true'], {
    env: environment,
    extendEnv: false,
    reject: false,
    stdio: 'ignore',
  });
  return tried.exitCode === 0 ? guard : [];
}

function isOlder(version: string, than: string): boolean {
  const numbers = (text: string): number[] => (text.split('-')[0] ?? '').split('.').map(Number);
  const wanted = numbers(than);
  const difference = numbers(version).map((number, index) => number - (wanted[index] ?? 0));
  return (difference.find((part) => part !== 0) ?? 0) < 0;
}
