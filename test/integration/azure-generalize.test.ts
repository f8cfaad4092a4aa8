import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = path.resolve(import.meta.dirname, '../../packer/scripts/azure-generalize.sh');
let machine: string;
beforeEach(() => {
  machine = mkdtempSync(path.join(tmpdir(), 'bh-azure-'));
});
afterEach(() => rmSync(machine, { recursive: true, force: true }));

test.each([
  ['a Debian', ['apt-get'], ['apt-get clean']],
  ['an older Red Hat', ['yum'], ['yum -y clean all']],
  ['a newer Red Hat', ['dnf', 'yum'], ['dnf -y clean all', 'yum -y clean all']],
])('%s is cleared of packages, then of itself', (_which, tools, cleared) => {
  const { status, did, said } = runOn(['waagent', ...tools]);
  expect(status, said).toBe(0);
  expect(did).toEqual([...cleared, 'waagent -force -deprovision+user', 'sync ']);
});

test('a machine without the agent is no image, and is left as it is', () => {
  const { status, did, said } = runOn(['apt-get']);
  expect(status).toBe(1);
  expect(said).toContain('there is no waagent on this machine');
  expect(did).toEqual([]);
});

test('what fails on the way fails the bake', () => {
  const { status, did } = runOn(['waagent', 'apt-get'], { failing: 'apt-get' });
  expect(status).not.toBe(0);
  expect(did).toEqual(['apt-get clean']);
});

/** Runs the script where only these programs are to be found; each notes how it was called. */
function runOn(programs: readonly string[], { failing }: { failing?: string } = {}) {
  const log = path.join(machine, 'log');
  writeFileSync(log, '');
  for (const program of [...programs, 'sync']) {
    const file = path.join(machine, program);
    writeFileSync(file, `#!/bin/sh\necho "${program} $*" >>'${log}'\nexit ${program === failing ? 3 : 0}\n`);
    chmodSync(file, 0o755);
  }
  symlinkSync('/bin/sh', path.join(machine, 'sh'));
  symlinkSync('/usr/bin/test', path.join(machine, 'test'));
  // For whoever is not root: a sudo that asks for nothing, and does nothing.
  writeFileSync(path.join(machine, 'sudo'), '#!/bin/sh\nshift\nexec "$@"\n', { mode: 0o755 });
  symlinkSync('/usr/bin/id', path.join(machine, 'id'));
  const { status, stdout, stderr } = spawnSync('/bin/sh', [SCRIPT], { env: { PATH: machine }, encoding: 'utf8' });
  const did = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return { status, did, said: `${stdout}${stderr}` };
}
