import { onPath } from '../on-path.ts';
import { pingRedis } from '../redis-ping.ts';
import { askProgram } from './ask-program.ts';
import { type Finding, fine, lacking, noted } from './finding.ts';

type Variables = Readonly<Record<string, string>>;

const OLDEST_NODE = [20, 19] as const;

export function lookAtNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isNewEnough
    ? fine('node', version)
    : lacking('node', version, `install Node ${OLDEST_NODE.join('.')} or newer`);
}

export async function lookAtPacker(variables: Variables): Promise<Finding> {
  const wanted = variables['PACKER_BIN'] ?? 'packer';
  const mend = 'install HashiCorp Packer (apt-get install packer), or say where it is with PACKER_BIN';
  const program = onPath(wanted, variables);
  if (program === undefined) return lacking('packer', `${wanted} is not there`, mend);
  const said = await askProgram([program, 'version'], { ...variables, CHECKPOINT_DISABLE: '1' });
  const version = said.ok ? /^Packer (v\S+)/.exec(said.value)?.[1] : undefined;
  if (version === undefined)
    return lacking('packer', `${program} is not HashiCorp Packer${said.ok ? '' : ` (${said.no})`}`, mend);
  return fine('packer', `${version} (${program})`);
}

/** The Redis that is named, or a redis-server that `up` can start. */
export async function lookAtRedis(variables: Variables): Promise<Finding> {
  const named = variables['REDIS_URL'];
  if (named !== undefined) return lookAtNamedRedis(named);
  const program = onPath('redis-server', variables);
  if (program === undefined) {
    return lacking(
      'redis',
      'redis-server is not on PATH',
      'apt-get install redis-server, or name a Redis with REDIS_URL',
    );
  }
  const said = await askProgram([program, '--version'], variables);
  const version = said.ok ? /v=(\S+)/.exec(said.value)?.[1] : undefined;
  return version === undefined
    ? lacking('redis', `${program} does not say its version`, 'apt-get install --reinstall redis-server')
    : fine('redis', `redis-server ${version} (${program})`);
}

async function lookAtNamedRedis(url: string): Promise<Finding> {
  if (!URL.canParse(url)) return lacking('redis', 'REDIS_URL is not a URL', 'write it as redis://host:6379');
  // Never the whole URL: there may be a password in it.
  const { host } = new URL(url);
  const answer = await pingRedis(url, 3000);
  if (answer.ok) return fine('redis', `${host} answers`);
  return lacking('redis', `${host} of REDIS_URL: ${answer.no}`, 'start that Redis, or mend REDIS_URL');
}

/** What the shipped template of the local provider runs. */
export async function lookAtMmdebstrap(variables: Variables, runBy: 'root' | 'user'): Promise<Finding> {
  const program = onPath('mmdebstrap', variables);
  if (program === undefined)
    return lacking(
      'mmdebstrap',
      'not on PATH',
      'apt-get install mmdebstrap; the local provider builds its base trees with it',
    );
  if (runBy === 'root') return fine('mmdebstrap', `${program}, as root`);
  const unshared = await askProgram(['unshare', '--user', '--map-root-user', 'true'], variables);
  if (unshared.ok) return fine('mmdebstrap', `${program}, in a user namespace`);
  const mend = 'run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1';
  return lacking('mmdebstrap', `${program}, but this user may not make a root file system (${unshared.no})`, mend);
}

export async function lookAtDocker(variables: Variables): Promise<Finding> {
  if (onPath('docker', variables) === undefined) return noted('docker', 'no docker; only the provider docker needs it');
  const said = await askProgram(['docker', 'version', '--format', '{{.Server.Version}}'], variables);
  if (said.ok) return fine('docker', said.value);
  return noted('docker', `the daemon does not answer (${said.no})`, 'only the provider docker needs it; start dockerd');
}
