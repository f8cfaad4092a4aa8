import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../root.mjs';
import { timed } from './timed.mjs';

const WANTED = path.join(ROOT, 'test/support/fake-ec2/requirements.txt');
const PLACE = path.join(ROOT, '.bakehouse/fake-ec2');
/** Written last, so that it is of what is there. */
const INSTALLED = path.join(PLACE, 'requirements.txt');

/** Installs what plays EC2 in `npm run e2e`, into a place of its own; a sentence when that cannot be done. Machines in roots of their own take root. */
export function installPythonPackages(verb) {
  if (verb !== 'e2e' || process.getuid?.() !== 0 || process.env.BAKEHOUSE_INSTALL === 'no') return undefined;
  const wanted = read(WANTED);
  if (wanted === read(INSTALLED)) return undefined;

  const { status, said } = timed('Installing the Python packages of test/support/fake-ec2/requirements.txt', install);
  if (status !== 0)
    return `${said}\nThat failed (its words are above). Mend it, or set BAKEHOUSE_INSTALL=no to go without the bakes on EC2, then run this again.`;
  writeFileSync(INSTALLED, wanted);
  return undefined;
}

function install() {
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(path.dirname(PLACE), { recursive: true, mode: 0o700 });
  const made = run('python3', '-m', 'venv', PLACE);
  return made.status === 0 ? run(path.join(PLACE, 'bin/pip'), 'install', '--quiet', '--no-deps', '-r', WANTED) : made;
}

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, said: `${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}` };
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
