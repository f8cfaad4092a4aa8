import path from 'node:path';
import { STAGE_MARKER } from './process-tree.ts';
import type { Stage } from './stage.ts';

export type Environment = Readonly<Record<string, string>>;

/** What Packer may see of a worker's environment: how to find programs, to speak and to reach the net, and the names asked for. Never HashiCorp's cloud. */
export function allowedEnvironment(
  all: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Environment {
  const wanted = [...ALWAYS, ...names].filter((name) => !name.startsWith('HCP_'));
  const found = wanted.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]] as const]));
  return { ...Object.fromEntries(found), PATH: withSystemPrograms(all['PATH']) };
}

/** The whole environment of one run: its own home, temp and configuration; no colours, no calls home. */
export function stageEnvironment(stage: Stage, allowed: Environment): Environment {
  return {
    ...allowed,
    HOME: stage.homeDir,
    TMPDIR: stage.tmpDir,
    PACKER_CONFIG_DIR: stage.packerDir,
    PACKER_CACHE_DIR: path.join(stage.cacheDir, 'packer'),
    ...QUIET,
    [STAGE_MARKER]: stage.dir,
  };
}

/** Values in an environment that no log may show: those under a telling name, and passwords in the URLs of proxies. */
export function secretsIn(environment: Environment): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const inUrl = /^\w+:\/\/[^/@:]*:([^/@]+)@/.exec(value)?.[1];
    if (inUrl !== undefined) return [inUrl, decoded(inUrl)];
    // A credential that is a file is named by a path, which people need to see.
    return TELLING.test(name) && !value.startsWith('/') ? [value] : [];
  });
}

/** For every call of Packer, a look at its version too. */
export const QUIET: Environment = { CHECKPOINT_DISABLE: '1', HCP_PACKER_REGISTRY: 'off', PACKER_NO_COLOR: '1' };

const ALWAYS = [
  ...['LANG', 'LC_ALL', 'TZ'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'],
  'PACKER_PLUGIN_PATH',
];

const TELLING = /SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|(^|_)KEY($|_)|(^|_)SAS($|_)/i;

/** Provisioners on the worker need mkfs, chroot and the like, which an ordinary user's PATH leaves out. */
function withSystemPrograms(own = '/usr/local/bin:/usr/bin:/bin'): string {
  const dirs = own.split(path.delimiter).filter((dir) => path.isAbsolute(dir));
  return [...new Set([...dirs, '/usr/local/sbin', '/usr/sbin', '/sbin'])].join(path.delimiter);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
