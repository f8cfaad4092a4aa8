import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { canInstall, installCommand, installPackages } from './apt.mjs';

const BAKING = ['start', 'demo', 'worker', 'e2e'];
const isRoot = process.getuid?.() === 0;

/** Programs that are not npm's to bring: which verbs need them, what for, and which Debian package has them. */
const PROGRAMS = [
  {
    program: 'redis-server',
    package: 'redis-server',
    why: 'the queue',
    verbs: ['start', 'demo', 'test', 'e2e', 'bench'],
    instead: { start: 'REDIS_URL', demo: 'REDIS_URL', test: 'TEST_REDIS_URL' },
  },
  {
    program: 'packer',
    package: 'packer',
    why: 'bakes the images',
    verbs: [...BAKING, 'test', 'bench'],
    instead: Object.fromEntries([...BAKING, 'test', 'bench'].map((verb) => [verb, 'PACKER_BIN'])),
  },
  {
    program: 'setpriv',
    package: 'util-linux',
    why: 'ends Packer when its worker dies',
    verbs: [...BAKING, 'test', 'bench'],
  },
  {
    program: 'mount',
    package: 'mount',
    why: 'gives packages the /proc and /dev that their scripts expect',
    verbs: [...BAKING, 'test'],
  },
  { program: 'shellcheck', package: 'shellcheck', why: 'checks the scripts that bakes run', verbs: ['test'] },
  { program: 'mmdebstrap', package: 'mmdebstrap', why: 'makes the base trees of local images', verbs: BAKING },
  {
    program: 'newuidmap',
    package: 'uidmap',
    why: 'lets others than root bake local images',
    verbs: isRoot ? [] : BAKING,
  },
  { program: 'qemu-img', package: 'qemu-utils', why: 'writes disks for those who ask for one', verbs: BAKING },
  { program: 'mke2fs', package: 'e2fsprogs', why: 'writes the file systems on them', verbs: BAKING },
  { program: 'dockerd', package: 'docker.io', why: 'bakes docker images', verbs: isRoot ? ['e2e'] : [] },
  { program: 'docker-registry', package: 'docker-registry', why: 'takes docker images', verbs: isRoot ? ['e2e'] : [] },
  {
    program: 'python3',
    package: 'python3-venv',
    why: 'plays EC2, in a place of its own',
    verbs: isRoot ? ['e2e'] : [],
    // Debian has the program without what makes such places.
    works: () => spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0,
  },
];

/** Installs the programs that `verb` needs and that are nowhere on PATH; a sentence with the command to run when that may not or cannot be done. */
export function installSystemPrograms(verb) {
  const missing = PROGRAMS.filter(
    (one) => one.verbs.includes(verb) && !process.env[one.instead?.[verb]] && !isThere(one),
  );
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((one) => one.package))];
  const table = missing
    .map((one) => `  ${one.program.padEnd(14)} ${one.why} (Debian package ${one.package})`)
    .join('\n');

  const refusal = canInstall();
  if (refusal)
    return `These programs are missing:\n${table}\n${refusal} Run this, then try again:\n  ${installCommand(packages)}`;
  console.error(`These programs are missing and will be installed with apt-get:\n${table}`);
  const { ok, said } = installPackages(packages);
  const still = missing.filter((one) => !isThere(one)).map((one) => one.program);
  if (ok && still.length === 0) return undefined;
  const what = ok
    ? `apt-get installed ${packages.join(' ')}, and there is still no ${still.join(', ')} on PATH.`
    : 'apt-get failed.';
  return `${said}\n${what} Mend that, or install by hand, then run this again:\n  ${installCommand(packages)}`;
}

const isThere = ({ program, works = () => true }) => isOnPath(program) && works();

function isOnPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((directory) => {
    try {
      accessSync(path.join(directory || '.', program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
