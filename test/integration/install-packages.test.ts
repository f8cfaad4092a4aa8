import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = path.resolve(import.meta.dirname, '../../packer/install_packages.sh');

let directory: string;
beforeEach((context) => {
  const probe = spawnSync(UNSHARE, [...NAMESPACE, 'true']);
  if (probe.status !== 0) context.skip(`${UNSHARE} does not work here: ${probe.stderr ?? probe.error?.message}`);
  directory = mkdtempSync(path.join(tmpdir(), 'bh-install-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('packages are installed one by one in the order they were asked for, after all of them were looked for', () => {
  const { status, calls } = install({ package_type: 'deb', packages: '"zsh, nginx=1.24-1\tacl"' });
  expect(status).toBe(0);
  expect(calls).toEqual([
    'apt-get update',
    'apt-get install --simulate zsh nginx=1.24-1 acl',
    'apt-get install zsh',
    'apt-get install nginx=1.24-1',
    'apt-get install acl',
  ]);
});

test('an upgrade comes before the packages', () => {
  const { calls } = install({ package_type: 'deb', packages: 'zsh', upgrade: 'true' });
  expect(calls).toEqual(['apt-get update', 'apt-get upgrade', 'apt-get install zsh']);
});

test('deb repositories are there while packages are installed, gone afterwards, and their passwords are in no output', () => {
  const repository = 'https://ann:s3cret@deb.example/pool stable main; deb [signed-by=/k.asc] https://two.example ./ ;';
  const { calls, output, etc } = install(
    { package_type: 'deb', packages: 'zsh', repository },
    {
      'apt-get': 'cat /etc/apt/sources.list.d/bakehouse.list >>"$calls"; echo "E: https://ann:s3cret@deb.example" >&2',
    },
  );
  expect(calls).toContain('deb [trusted=yes] https://ann:s3cret@deb.example/pool stable main');
  expect(calls).toContain('deb [signed-by=/k.asc] https://two.example ./');
  expect(calls[0]).toBe('apt-get update');
  expect(etc).not.toContain('bakehouse');
  expect(output).not.toContain('s3cret');
  expect(output).toContain('https://deb.example/pool stable main');
});

test('a package that does not exist fails at once, without another try', () => {
  const { status, calls, output } = install(
    { package_type: 'deb', packages: 'zsh' },
    { 'apt-get': 'case $1 in install) echo "E: Unable to locate package zsh" >&2; exit 100;; esac' },
  );
  expect(status).toBe(100);
  expect(calls).toEqual(['apt-get update', 'apt-get install zsh']);
  expect(output).toContain('E: Unable to locate package zsh');
});

test.each([
  ['a lock', 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt)', 4],
  ['a mirror that flaps', 'E: Failed to fetch https://deb.example/z.deb  Connection timed out', 2],
])('%s is waited for', (_what, words, times) => {
  const { status, calls } = install({ package_type: 'deb', packages: 'zsh' }, { 'apt-get': failing(times, words) });
  expect(status).toBe(0);
  expect(calls.filter((call) => call === 'apt-get install zsh')).toHaveLength(times + 1);
});

test('a mirror that stays away fails the installation after four tries', () => {
  const words = 'E: Failed to fetch https://deb.example/z.deb  503  Service Unavailable';
  const { status, calls } = install({ package_type: 'deb', packages: 'zsh' }, { 'apt-get': failing(99, words) });
  expect(status).toBe(100);
  expect(calls.filter((call) => call === 'apt-get install zsh')).toHaveLength(4);
});

test('a source of the image that stays away does not stop the bake, a repository of the bake does', () => {
  const away = {
    'apt-get': '[ "$1" != update ] || echo "W: Failed to fetch https://x.example  503  Service Unavailable" >&2',
  };
  expect(install({ package_type: 'deb', packages: 'zsh' }, away).status).toBe(0);
  expect(install({ package_type: 'deb', packages: 'zsh', repository: 'https://x.example ./' }, away).status).toBe(100);
});

test('services are kept down while packages are installed, and whoever decided before decides again', () => {
  const { calls, policy } = install(
    { package_type: 'deb', packages: 'zsh', disable_services: 'true' },
    { 'apt-get': '/usr/sbin/policy-rc.d; echo "policy $?" >>"$calls"' },
  );
  expect(calls).toContain('policy 101');
  expect(policy).toBe('the one before');
});

test('an apt of before 1.1 is asked for downgrades in the only word it has', () => {
  const old =
    'case "$*" in *--allow*) echo "E: Command line option --allow-downgrades is not understood" >&2; exit 100;; esac';
  const { status, calls } = install({ package_type: 'deb', packages: 'zsh' }, { 'apt-get': old });
  expect(status).toBe(0);
  expect(calls).toContain('apt-get install --force-yes zsh');
});

test('a yum that has nothing to do for an older version is asked for a downgrade', () => {
  const { calls } = install(
    { package_type: 'rpm', packages: 'zsh-5.0 java-11-openjdk' },
    { yum: '', rpm: 'case $* in *java-11*) ;; *) exit 1;; esac' },
  );
  expect(calls.filter((call) => call.startsWith('yum'))).toEqual([
    'yum -y install zsh-5.0',
    'yum -y downgrade zsh-5.0',
    'yum -y install java-11-openjdk',
  ]);
});

test('rpm repositories are there while packages are installed and gone afterwards', () => {
  const repository = 'https://ann:s3cret@rpm.example/el9;https://two.example/el9';
  const { status, calls, etc, output } = install(
    { package_type: 'rpm', packages: 'zsh nginx-1.24', repository },
    { dnf: 'grep -h baseurl /etc/yum.repos.d/*.repo >>"$calls"; echo "404 for https://ann:s3cret@rpm.example"' },
  );
  expect(status).toBe(0);
  expect(calls.filter((call) => call.startsWith('dnf'))).toEqual(['dnf -y install zsh', 'dnf -y install nginx-1.24']);
  expect(calls).toContain('baseurl=https://two.example/el9');
  expect(etc).not.toContain('bakehouse');
  expect(output).not.toContain('s3cret');
});

test('an rpm package that does not exist fails the installation', () => {
  const { status, calls } = install(
    { package_type: 'rpm', packages: 'zsh acl' },
    { dnf: 'echo "No match: zsh" >&2; exit 1' },
  );
  expect(status).toBe(1);
  expect(calls).toEqual(['dnf -y install zsh']);
});

test('a name that would be an option is refused before anything runs', () => {
  const { status, calls, output } = install({ package_type: 'deb', packages: 'zsh -oDPkg::Pre-Invoke::=sh' });
  expect(status).toBe(2);
  expect(calls).toEqual([]);
  expect(output).toContain("'-oDPkg::Pre-Invoke::=sh' is not a package");
});

test('any other type of package installs nothing and says so', () => {
  const { status, calls, output } = install({ package_type: 'nupkg', packages: 'zsh' });
  expect(status).toBe(0);
  expect(calls).toEqual([]);
  expect(output).toContain('nothing is installed');
});

const UNSHARE = 'unshare';
const NAMESPACE = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];

/** A machine whose /etc and /usr/sbin are its own, and whose package managers do what `programs` says after they wrote down how they were called. */
function install(environment: Record<string, string>, programs: Record<string, string> = {}) {
  const calls = path.join(directory, 'calls');
  const left = path.join(directory, 'left');
  writeFileSync(calls, '');
  for (const [name, body] of Object.entries({ 'apt-get': '', sleep: '', ...programs })) {
    const file = path.join(directory, name);
    writeFileSync(file, `#!/bin/sh\n${SAID_OF[name] ?? SAID}${body}\n`.replaceAll('NAME', name));
    chmodSync(file, 0o755);
  }
  const machine = `
    mount -t tmpfs etc /etc && mount -t tmpfs sbin /usr/sbin
    mkdir -p /etc/apt/sources.list.d /etc/yum.repos.d
    printf '#!/bin/sh\\necho the one before\\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    bash '${SCRIPT}'; status=$?
    { find /etc; echo ---; /usr/sbin/policy-rc.d; } >'${left}'
    exit $status`;
  const { status, stdout, stderr } = spawnSync(UNSHARE, [...NAMESPACE, 'sh', '-c', machine], {
    env: { PATH: `${directory}:/usr/bin:/bin`, TMPDIR: directory, calls, ...environment },
    encoding: 'utf8',
  });
  const [etc = '', policy = ''] = readFileSync(left, 'utf8').split('---\n');
  const lines = readFileSync(calls, 'utf8').trim().split('\n');
  return {
    status,
    output: `${stdout}${stderr}`,
    calls: lines.filter((line) => line !== ''),
    etc,
    policy: policy.trim(),
  };
}

/** Writes the call down, without the options that every call has. */
const SAID = `echo "NAME $(echo "$*" | sed -E 's/ (--yes|--allow-[a-z-]+|-o [^ ]+)//g')" >>"$calls"\n`;
/** How long is not the test's business, nor is the question whether apt knows an option. */
const SAID_OF: Record<string, string> = {
  sleep: '',
  'apt-get': `case "$*" in *--version*) ;; *) ${SAID} esac\n`,
};

/** An apt-get whose installations fail so many times, with these words. */
const failing = (times: number, words: string): string => `
  case $1 in install)
    count=$(cat "$calls.failed" 2>/dev/null || echo 0)
    if [ "$count" -lt ${times} ]; then echo $((count + 1)) >"$calls.failed"; echo '${words}' >&2; exit 100; fi
  esac`;
