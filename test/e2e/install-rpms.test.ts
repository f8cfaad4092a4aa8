import { expect, test } from 'vitest';
import { PRIVATE_USER } from '../support/mirror.ts';
import { openForAll, upload } from './installation.ts';

const parts = openForAll(() => ({ type: 'rpm', build: BUILD, look: LOOK, already: ALREADY, tail: '' }));

test('pinned versions come from several repositories, each of which is a source once and only for this', async () => {
  const { install, one, two } = parts();
  const repository = `${two};${one};${two}`;
  const { status, output, facts } = await install({ packages: 'tiny-1.0-1,second', repository });
  expect(status, output).toBe(0);
  expect(facts['installed']).toEqual(['second 1.0', 'tiny 1.0', 'tiny-data 1.0']);
  expect(facts['sources']).toEqual([`baseurl=${one}`, `baseurl=${two}`]);
  expect(facts['left']).toEqual([]);
});

test('a pinned version goes over a newer one', async () => {
  const { install, one } = parts();
  const { status, output, facts } = await install(
    { packages: 'tiny-1.0', repository: one },
    { before: `already '${one}' tiny` },
  );
  expect(status, output).toBe(0);
  expect(facts['installed']).toContain('tiny 1.0');
});

test.each([
  ['a package', 'absent', 'package absent could not be installed'],
  ['a version', 'second-9', 'package second-9 could not be installed'],
  ['a file', '/tmp/absent-1.0-1.noarch.rpm', 'package /tmp/absent-1.0-1.noarch.rpm is missing'],
])('%s that is missing fails the installation and is named', async (_what, packages, words) => {
  const { install, one, two } = parts();
  const { status, output, facts } = await install({ packages, repository: `${one};${two}` }, { pauses: 'hurried' });
  expect(status, output).not.toBe(0);
  expect(output).toContain(words);
  expect(output).not.toContain('trying again');
  expect(facts).toMatchObject({ installed: [], left: [] });
});

test.each([
  ['that are overloaded', 'unavailable'],
  ['that hang up', 'hang up'],
  ['that break off in the middle', 'half'],
] as const)('answers %s, for lists and for packages, do not fail the installation', async (_what, mood) => {
  const { install, mirror, one } = parts();
  const refused = new Map<string, number>();
  mirror.be((_number, place) => {
    const before = refused.get(place) ?? 0;
    refused.set(place, before + 1);
    // More often than dnf tries by itself: four times, and it does not count a kept connection that hangs up.
    const times = place.endsWith('repomd.xml') ? 5 : 10;
    return /repomd\.xml$|tiny-2\S+$/.test(place) && before < times ? mood : 'serve';
  });
  const { status, output, facts } = await install({ packages: 'tiny', repository: one }, { pauses: 'hurried' });
  expect(status, output).toBe(0);
  expect(facts['installed']).toContain('tiny 2.0');
  expect(output.split('trying again in').length, output).toBeGreaterThan(2);
});

test.each([
  ['package lists', /repomd\.xml$/],
  ['packages', /\.rpm$/],
])('a mirror that never serves its %s fails the installation after four tries', async (_what, missed) => {
  const { install, mirror, one } = parts();
  mirror.be((_number, place) => (missed.test(place) ? 'unavailable' : 'serve'));
  const { status, output, facts } = await install({ packages: 'tiny', repository: one }, { pauses: 'hurried' });
  expect(status, output).not.toBe(0);
  expect(output).toMatch(/Status code: 503/);
  expect(output.match(/trying again in \d+ s/g)).toEqual([2, 6, 18].map((pause) => `trying again in ${pause} s`));
  expect(facts).toMatchObject({ installed: [], left: [] });
});

test('another dnf that installs is waited for', async () => {
  const { install, one } = parts();
  const before = `already '${one}' slow >/dev/null & for _ in {1..300}; do [[ -e /var/slow ]] || sleep 0.1; done`;
  const { status, output, facts } = await install({ packages: 'tiny', repository: one }, { before });
  expect(status, output).toBe(0);
  expect(output).toMatch(/Waiting for process with pid/);
  expect(facts['installed']).toEqual(['extra 1.0', 'slow 1.0', 'tiny 2.0', 'tiny-data 1.0']);
});

test('an upgrade brings what is there up to date, with what it newly needs', async () => {
  const { install, one } = parts();
  const { facts, output } = await install(
    { packages: '', repository: one, upgrade: 'true' },
    { before: `already '${one}' tiny-1.0` },
  );
  expect(facts['installed'], output).toEqual(['extra 1.0', 'tiny 2.0', 'tiny-data 1.0']);
});

test('what an uploaded list names comes after the packages; list, files and its repositories are gone', async () => {
  const { install, one, two } = parts();
  const list = [{ reference: `${two} second` }, { reference: 'file:///tmp/upload/local-1.0-1.noarch.rpm' }];
  const { status, output, facts } = await install(
    { packages: '' },
    { before: `already '${one}' tiny; ${upload(list)}` },
  );
  expect(status, output).toBe(0);
  expect(facts['installed']).toEqual(['extra 1.0', 'local 1.0', 'second 1.0', 'tiny 2.0', 'tiny-data 1.0']);
  expect(facts['left']).toEqual(['< /tmp/artifacts.json', '< /tmp/upload/local-1.0-1.noarch.rpm']);
});

test.each([
  ['true', ['offline: 1']],
  ['', ['offline: ']],
])('with disable_services=%j what starts services is told %j', async (disabled, services) => {
  const { install, one } = parts();
  const { status, output, facts } = await install({ packages: 'served', repository: one, disable_services: disabled });
  expect(status, output).toBe(0);
  expect(facts).toMatchObject({ installed: ['served 1.0'], services, left: [] });
});

test('a repository that asks who is there is told, and nobody else', async () => {
  const { install, mirror } = parts();
  const { name, password } = PRIVATE_USER;
  const repository = `http://${name}:${password}@${mirror.host}/private/one`;
  const { status, output } = await install({ packages: 'tiny', repository });
  expect(status, output).toBe(0);
  const refused = await install({ packages: 'absent', repository: repository.replace(password, `${password}x`) });
  expect(refused.status).not.toBe(0);
  expect(refused.output).toContain('401');
  expect(refused.output).not.toContain('trying again');
  expect(`${output}${refused.output}`).not.toContain(password);
});

test('a user who may use sudo installs packages', async () => {
  const { install, one } = parts();
  const { status, output, facts } = await install({ packages: 'tiny', repository: one }, { as: 'baker' });
  expect(status, output).toBe(0);
  expect(facts).toMatchObject({ installed: ['extra 1.0', 'tiny 2.0', 'tiny-data 1.0'], left: [] });
});

/** Packages that are there before the script comes, from a repository that stays. */
const ALREADY = `
  mkdir -p /etc/yum.repos.d
  rpm --install --force-debian /mnt/base/*.rpm
  already() {
    printf '[before]\\nname=before\\nbaseurl=%s\\ngpgcheck=0\\n' "$1" >/etc/yum.repos.d/before.repo
    dnf -y install "\${@:2}"
  }`;

const LOOK = `
  rpm --query --all --queryformat '%{NAME} %{VERSION}\\n' | grep -v '^shell' | sort | fact installed
  cat /var/sources 2>/dev/null | fact sources
  cat /var/services 2>/dev/null | fact services`;

const BUILD = `
  set -e
  rpm_of() {
    cat >/root/spec <<SPEC
Name: $2
Version: $3
Release: 1
Summary: a test
License: none
BuildArch: noarch
AutoReqProv: no
$4
%description
A test.
%files
$5
SPEC
    mkdir -p "/mnt/$1"
    rpmbuild --quiet -bb --define "_rpmdir /mnt/$1" --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' /root/spec
  }
  rpm_of www/one tiny 1.0 'Requires: tiny-data' ''
  rpm_of www/one tiny 2.0 'Requires: tiny-data, extra' ''
  rpm_of www/one tiny-data 1.0 '' ''
  rpm_of www/one extra 1.0 '' ''
  rpm_of www/one slow 1.0 '' $'%post\\ntouch /var/slow; sleep 5'
  rpm_of www/one served 1.0 '' $'%post\\necho "offline: $SYSTEMD_OFFLINE" >>/var/services'
  rpm_of www/two second 1.0 '' $'%post\\ngrep -h baseurl /etc/yum.repos.d/*.repo >/var/sources'
  rpm_of base shell 1.0 'Provides: /bin/sh' ''
  rpm_of local local 1.0 'Requires: tiny-data' ''
  for repository in /mnt/www/*; do createrepo_c --quiet "$repository"; done`;
