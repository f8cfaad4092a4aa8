import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../root.mjs';
import { timed } from './timed.mjs';

/** Makes node_modules fit package-lock.json; a sentence when that cannot be done. npm is quiet unless it fails. */
export function installNpmPackages() {
  const why = whyNotFit(read('package-lock.json'), read('node_modules/.package-lock.json'));
  if (!why) return undefined;
  const { status, said } = timed(`Installing the npm packages of package-lock.json: ${why}`, () =>
    npm('ci', '--include=dev'),
  );
  if (status === 0) return undefined;
  return `${said}\n'npm ci --include=dev' failed (its words are above). Mend that, then run this again.`;
}

/** npm keeps, inside node_modules, a list of what it put there: the lock file fits when each of its packages is in it with that version. */
function whyNotFit(wanted, installed) {
  if (!wanted) return 'package-lock.json is not readable';
  if (!installed) return 'there is no node_modules';
  const there = installed.packages ?? {};
  const misfit = Object.entries(wanted.packages ?? {}).find(
    ([name, one]) => name.includes('node_modules/') && !fits(one, there[name]),
  );
  return (
    misfit &&
    `it wants ${misfit[0].replace(/^node_modules\//, '')} ${misfit[1].version ?? ''}, which node_modules has not`
  );
}

/** What is optional may be absent: npm leaves out what was made for another kind of machine. */
function fits({ version, link, optional, devOptional }, there) {
  if (!there) return Boolean(optional || devOptional);
  return Boolean(link) || there.version === version;
}

function npm(...args) {
  // Under `npm run` the very npm that started us; its name would be found on PATH otherwise.
  const itself = process.env.npm_execpath;
  const [command, ...leading] = itself?.endsWith('.js') ? [process.execPath, itself] : ['npm'];
  const { status, stdout, stderr, error } = spawnSync(command, [...leading, ...args], { cwd: ROOT, encoding: 'utf8' });
  return { status, said: `${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}` };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
  } catch {
    return undefined;
  }
}
