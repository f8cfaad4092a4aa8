import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { timed } from './timed.mjs';

const isRoot = process.getuid?.() === 0;
const POLICY = '/usr/sbin/policy-rc.d';
const ASIDE = `${POLICY}.before-bakehouse`;

/** What a person would type. */
export const installCommand = (packages) =>
  `${isRoot ? '' : 'sudo '}apt-get update && ${isRoot ? '' : 'sudo '}apt-get install --no-install-recommends ${packages.join(' ')}`;

/** Why this process cannot or may not install system packages; nothing when it can. */
export function canInstall() {
  if (process.env.BAKEHOUSE_INSTALL === 'no') return 'BAKEHOUSE_INSTALL=no forbids installing them here.';
  if (spawnSync('apt-get', ['--version']).status !== 0)
    return 'There is no apt-get here; this is for Debian and its kin.';
  if (!isRoot && spawnSync('sudo', ['-n', 'true']).status !== 0)
    return 'Installing them takes root, or sudo without a password.';
  return undefined;
}

/** Installs Debian packages, whose services are neither started now nor at the next boot. Quiet; `said` is for when it failed. */
export function installPackages(packages) {
  const before = SERVICES.filter(isKnown);
  // With a listener, an interrupt ends apt-get and not this process, which has to allow services again.
  const bear = () => {};
  for (const signal of SIGNALS) process.on(signal, bear);
  forbidServices();
  try {
    const updated = timed('Fetching package lists', () => apt('update'));
    const installed = timed(`Installing ${packages.join(' ')}`, () =>
      apt('install', '--no-install-recommends', ...packages),
    );
    return { ok: installed.status === 0, said: `${updated.status === 0 ? '' : updated.said}${installed.said}` };
  } finally {
    allowServices();
    for (const signal of SIGNALS) process.off(signal, bear);
    for (const service of SERVICES.filter((one) => isKnown(one) && !before.includes(one)))
      asRoot('systemctl', 'disable', '--quiet', service);
  }
}

/** What the packages of our table would keep running for good. */
const SERVICES = [
  'redis-server.service',
  'docker.service',
  'docker.socket',
  'containerd.service',
  'docker-registry.service',
];
const isKnown = (service) => existsSync(`/lib/systemd/system/${service}`);

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Debian asks this file before it starts a service: 101 is no. */
function forbidServices() {
  if (existsSync(POLICY)) asRoot('mv', POLICY, ASIDE);
  asRoot('sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' >${POLICY} && chmod 755 ${POLICY}`);
}

function allowServices() {
  asRoot('rm', '-f', POLICY);
  if (existsSync(ASIDE)) asRoot('mv', ASIDE, POLICY);
}

const apt = (verb, ...args) =>
  asRoot(
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '--yes',
    '--quiet',
    '-o',
    'DPkg::Lock::Timeout=120',
    verb,
    ...args,
  );

function asRoot(...argv) {
  const [command, ...args] = isRoot ? argv : ['sudo', '-n', ...argv];
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { status, said: `${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}` };
}
