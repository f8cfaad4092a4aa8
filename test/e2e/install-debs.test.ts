import { expect, test } from 'vitest';
import { PRIVATE_USER } from '../support/mirror.ts';
import { openForAll, upload } from './installation.ts';

const parts = openForAll(() => ({ type: 'deb', build: BUILD, look: LOOK, already: ALREADY, tail: ' ./' }));

test('pinned versions come from several repositories, each of which is a source once and only for this', async () => {
  const { install, one, two } = parts();
  const { status, output, facts } = await install({
    packages: 'tiny=1.0-1,second',
    repository: `${two};${one};${two}`,
  });
  expect(status, output).toBe(0);
  expect(facts['installed']).toEqual(['second 1.0-1', 'tiny 1.0-1', 'tiny-data 1.0']);
  expect(facts['sources']).toEqual([`deb [trusted=yes] ${one}`, `deb [trusted=yes] ${two}`]);
  expect(facts['left']).toEqual([]);
});

test('a pinned version goes over a newer one, and over one that is held', async () => {
  const { install, one } = parts();
  const before = `already '${one}' tiny; apt-mark hold tiny`;
  const { status, output, facts } = await install({ packages: 'tiny=1.0-1', repository: one }, { before });
  expect(status, output).toBe(0);
  expect(facts['installed']).toContain('tiny 1.0-1');
});

test.each([
  ['a package', 'tiny absent', 'Unable to locate package absent'],
  ['a version', 'tiny second=9', "Version '9' for 'second' was not found"],
  // apt would take it for a pattern, and tiny-data fits.
  ['a package whose name is a pattern', 'tiny.data', 'package tiny.data could not be installed'],
  ['a file', 'tiny /tmp/absent_1.0_all.deb', 'package /tmp/absent_1.0_all.deb is missing'],
])('%s that is missing is named, and nothing is installed', async (_what, packages, words) => {
  const { install, one, two } = parts();
  const { status, output, facts } = await install({ packages, repository: `${one};${two}` });
  expect(status, output).not.toBe(0);
  expect(output).toContain(words);
  expect(facts).toMatchObject({ installed: [], left: [] });
});

// Each more often than apt tries by itself.
test.each([
  ['that are overloaded', 'unavailable', 4],
  ['that hang up', 'hang up', 8],
  ['that break off in the middle', 'half', 4],
] as const)('answers %s, for lists and for packages, do not fail the installation', async (_what, mood, times) => {
  const { install, mirror, one } = parts();
  const refused = new Map<string, number>();
  mirror.be((_number, place) => {
    const before = refused.get(place) ?? 0;
    refused.set(place, before + 1);
    return /Packages$|tiny_2\S+$/.test(place) && before < times ? mood : 'serve';
  });
  const { status, output, facts } = await install({ packages: 'tiny', repository: one }, { pauses: 'hurried' });
  expect(status, output).toBe(0);
  expect(facts['installed']).toContain('tiny 2.0-1');
  expect(output.split('trying again in').length, output).toBeGreaterThan(2);
});

test.each([
  ['package lists', /Packages$/],
  ['packages', /\.deb$/],
])(
  'a mirror that never serves its %s fails the installation after four tries, naming the mirror',
  async (_what, missed) => {
    const { install, mirror, one } = parts();
    mirror.be((_number, place) => (missed.test(place) ? 'unavailable' : 'serve'));
    const { status, output, facts } = await install({ packages: 'tiny', repository: one }, { pauses: 'hurried' });
    expect(status, output).not.toBe(0);
    expect(output).toContain(`Failed to fetch http://${mirror.host}/one`);
    expect(output.match(/trying again in \d+ s/g)).toEqual([2, 6, 18].map((pause) => `trying again in ${pause} s`));
    expect(facts).toMatchObject({ installed: [], left: [] });
  },
);

test('another apt-get that installs is waited for', async () => {
  const { install, one } = parts();
  const before = `already '${one}' slow >/dev/null & for _ in {1..300}; do [[ -e /var/slow ]] || sleep 0.1; done`;
  const { status, output, facts } = await install({ packages: 'tiny' }, { before });
  expect(status, output).toBe(0);
  expect(output).toMatch(/Waiting for cache lock: Could not get lock/);
  expect(facts['installed']).toEqual(['extra 1.0', 'slow 1.0', 'tiny 2.0-1', 'tiny-data 1.0']);
});

test('another apt-get that fetches package lists is waited for', async () => {
  const { install, mirror, one } = parts();
  mirror.be((number) => (number === 0 ? 4000 : 'serve'));
  const before = `already '${one}' second >/dev/null & sleep 1`;
  const { status, output } = await install({ packages: '', repository: one }, { before });
  expect(status, output).toBe(0);
  expect(output).toMatch(/Could not get lock \/var\/lib\/apt\/lists\/lock[\s\S]*trying again in 5 s/);
});

test('an upgrade brings what is there up to date, with what it newly needs', async () => {
  const { install, one } = parts();
  const before = `already '${one}' tiny=1.0-1`;
  const { facts, output } = await install({ packages: '', repository: one, upgrade: 'true' }, { before });
  expect(facts['installed'], output).toEqual(['extra 1.0', 'tiny 2.0-1', 'tiny-data 1.0']);
});

test('what an uploaded list names comes after the packages, and the list and its files are gone', async () => {
  const { install, one, two } = parts();
  const list = [
    { type: 'deb', reference: `${two} second`, metadata: { reference: 'absent' } },
    { type: 'deb', reference: '/tmp/upload/local_1.0_all.deb', version: null },
  ];
  const { status, output, facts } = await install({ packages: 'tiny', repository: one }, { before: upload(list) });
  expect(status, output).toBe(0);
  expect(facts['order']).toEqual(['tiny-data', 'extra', 'tiny', 'second', 'local']);
  expect(facts['left']).toEqual(['< /tmp/artifacts.json', '< /tmp/upload/local_1.0_all.deb']);
});

test('an uploaded list that is empty changes nothing, one that cannot be read fails the installation', async () => {
  const { install, one } = parts();
  const empty = await install({ packages: 'tiny', repository: one }, { before: upload([]) });
  expect(empty.status, empty.output).toBe(0);
  const broken = await install({ packages: 'tiny', repository: one }, { before: upload({ reference: 'tiny' }) });
  expect(broken.status).toBe(2);
  expect(broken.output).toContain('/tmp/artifacts.json cannot be read: it must be one array of objects');
  expect(broken.facts).toMatchObject({ installed: [], left: ['< /tmp/artifacts.json'] });
});

test.each([
  ['true', []],
  ['', ['served runs']],
])('with disable_services=%j services that started are %j', async (disabled, services) => {
  const { install, one } = parts();
  // Without an init system only a policy lets services start; whoever decided before decides again.
  const before = `printf '#!/bin/sh\\nexit 0\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d`;
  const asked = { packages: 'served', repository: one, disable_services: disabled };
  const { status, output, facts } = await install(asked, { before });
  expect(status, output).toBe(0);
  expect(facts).toMatchObject({ installed: ['served 1.0'], services, left: [] });
});

test('a repository that asks who is there is told, and nobody else', async () => {
  const { install, mirror } = parts();
  const { name, password } = PRIVATE_USER;
  const repository = `http://${name}:${password}@${mirror.host}/private/one ./`;
  const { status, output } = await install({ packages: 'tiny', repository });
  expect(status, output).toBe(0);
  expect(output).toContain(`repository: http://${mirror.host}/private/one ./`);
  expect(output).not.toContain(password);

  const refused = await install({ packages: 'tiny', repository: repository.replace(password, `${password}x`) });
  expect(refused.status).not.toBe(0);
  expect(refused.output).toContain('401  Unauthorized');
  expect(refused.output).not.toContain('trying again');
  expect(refused.output).not.toContain(password);

  // apt would take it for another address, and name its parts in many words.
  const garbled = `http://${name}:s3c/re@t@${mirror.host}/private/one ./`;
  const slashed = await install({ packages: 'tiny', repository: garbled });
  expect(slashed.status).toBe(2);
  expect(slashed.output).toBe('a repository has a password with a slash in it; write that as %2F\n');
});

test('a user who may use sudo installs packages, one who may not is told', async () => {
  const { install, one } = parts();
  const asked = { packages: 'tiny', repository: one, disable_services: 'true' };
  const baker = await install(asked, { as: 'baker', before: upload([]) });
  expect(baker.status, baker.output).toBe(0);
  expect(baker.facts).toMatchObject({
    installed: ['extra 1.0', 'tiny 2.0-1', 'tiny-data 1.0'],
    left: ['< /tmp/artifacts.json'],
  });
  const nobody = await install(asked, { as: 'nobody' });
  expect(nobody.status).toBe(1);
  expect(nobody.output).toContain('takes root, or sudo without a password');
});

/** Packages that are there before the script comes. */
const ALREADY = `
  already() {
    echo "deb [trusted=yes] $1" >/etc/apt/sources.list
    apt-get --quiet update && apt-get --quiet --yes install "\${@:2}"
  }`;

const LOOK = `
  dpkg-query --show --showformat '\${Maintainer}|\${db:Status-Abbrev}|\${Package} \${Version}\\n' | sed -n 's/^Nobody.*|ii |//p' | sort | fact installed
  cat /var/order 2>/dev/null | fact order
  cat /var/sources 2>/dev/null | fact sources
  cat /var/services 2>/dev/null | fact services`;

/** Each package writes down that its turn came. */
const BUILD = `
  set -e
  deb() {
    local d=/root/$2_$3
    mkdir -p "$d/DEBIAN" "/mnt/$1"
    printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: Nobody <nobody@deb.example>\\nDescription: a test\\n' "$2" "$3" >"$d/DEBIAN/control"
    [[ -z $4 ]] || echo "Depends: $4" >>"$d/DEBIAN/control"
    printf '#!/bin/sh\\nset -e\\necho %s >>/var/order\\n%s\\n' "$2" "$5" >"$d/DEBIAN/postinst"
    chmod 755 "$d/DEBIAN/postinst"
    dpkg-deb --build --root-owner-group "$d" "/mnt/$1"
  }
  deb www/one tiny 1.0-1 tiny-data ''
  deb www/one tiny 2.0-1 'tiny-data, extra' ''
  deb www/one tiny-data 1.0 '' ''
  deb www/one extra 1.0 '' ''
  deb www/one slow 1.0 '' 'touch /var/slow; sleep 5'
  mkdir -p /root/served_1.0/etc/init.d
  printf '#!/bin/sh\\n[ "$1" != start ] || echo served runs >>/var/services\\n' >/root/served_1.0/etc/init.d/served
  chmod 755 /root/served_1.0/etc/init.d/served
  deb www/one served 1.0 '' 'invoke-rc.d served start'
  deb www/two second 1.0-1 '' 'cat /etc/apt/sources.list.d/* >/var/sources'
  deb local local 1.0 tiny-data ''
  for repository in /mnt/www/*; do
    cd "$repository"
    apt-ftparchive packages . >Packages
    apt-ftparchive release . >Release
  done`;
