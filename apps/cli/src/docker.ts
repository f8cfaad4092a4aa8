import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { no, type Result, yes } from '@bakehouse/bake';
import { askProgram } from './doctor/ask-program.ts';
import { onPath } from './on-path.ts';
import type { Trouble } from './trouble.ts';

type Variables = Readonly<Record<string, string>>;

/** A docker daemon that answers. */
export interface Docker {
  /** For `DOCKER_HOST`: what a program needs that does not see this user's contexts. */
  host: string;
  has(kind: 'image' | 'network', name: string): Promise<boolean>;
  /** Makes the image `name` of the smallest Debian of that suite that can install packages; takes a minute. */
  importDebian(suite: string, name: string, signal: AbortSignal): Promise<Result<true, Trouble>>;
}

/** Looks for the daemon that this environment means. */
export async function findDocker(variables: Variables): Promise<Result<Docker, Trouble>> {
  if (onPath('docker', variables) === undefined) {
    const mend = 'install it (Debian package docker.io, or Docker’s own), and have a daemon that it can reach';
    return no({ kind: 'in-the-way', what: 'there is no docker on PATH, and docker images are made with it', mend });
  }
  const host = await hostOf(variables);
  const known = { ...variables, DOCKER_HOST: host };
  const said = await askProgram(['docker', 'version', '--format', '{{.Server.Version}}'], known);
  if (!said.ok) {
    const mend =
      'start one (`dockerd`, or `systemctl start docker`), let this user reach it, or name another with DOCKER_HOST';
    return no({ kind: 'in-the-way', what: `no docker daemon answers at ${host} (${said.no})`, mend });
  }
  return yes({
    host,
    has: async (kind, name) => (await askProgram(['docker', kind, 'inspect', name], known)).ok,
    importDebian: (suite, name, signal) => importDebian({ suite, name, signal }, known),
  });
}

async function hostOf(variables: Variables): Promise<string> {
  if (variables['DOCKER_HOST']) return variables['DOCKER_HOST'];
  const context = await askProgram(
    ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'],
    variables,
  );
  return (context.ok && context.value) || 'unix:///var/run/docker.sock';
}

interface Import {
  suite: string;
  name: string;
  signal: AbortSignal;
}

/** The tree goes from one program to the other; nothing is left where one of them fails. */
async function importDebian({ suite, name, signal }: Import, variables: Variables): Promise<Result<true, Trouble>> {
  const mend = 'give the daemon the base image, with `docker pull` or `docker load`, and try again';
  if (onPath('mmdebstrap', variables) === undefined)
    return no({ kind: 'in-the-way', what: 'there is no mmdebstrap on PATH to make a base image with', mend });
  const maker = spawn('mmdebstrap', ['--quiet', '--variant=minbase', suite, '-'], {
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const taker = spawn('docker', ['import', '--message', 'made by bakehouse demo', '-', `${name}-coming`], {
    env: { ...variables },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const stop = () => {
    maker.kill('SIGTERM');
    taker.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop);
  maker.stdout.pipe(taker.stdin.on('error', stop));
  const ended = await Promise.all([wordsOf('mmdebstrap', maker), wordsOf('docker import', taker)]);
  signal.removeEventListener('abort', stop);
  const failed = ended.find((why) => why !== undefined);
  const renamed = failed === undefined && (await askProgram(['docker', 'tag', `${name}-coming`, name], variables)).ok;
  await askProgram(['docker', 'image', 'rm', `${name}-coming`], variables);
  if (renamed) return yes(true);
  if (signal.aborted) return no({ kind: 'interrupted' });
  return no({ kind: 'in-the-way', what: `a base image could not be made: ${failed ?? 'docker tag failed'}`, mend });
}

/** Undefined when it ended well, else its last words. */
async function wordsOf(name: string, child: ReturnType<typeof spawn>): Promise<string | undefined> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-2000);
  });
  try {
    const [code] = await once(child, 'close');
    return code === 0
      ? undefined
      : `${name} failed: ${said.trim().split('\n').slice(-3).join('; ') || `exit code ${code}`}`;
  } catch (cause) {
    return `${name} does not start: ${cause instanceof Error ? cause.message : cause}`;
  }
}
