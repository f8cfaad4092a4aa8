// `node tools/complete-lock.mjs [--check]`: to be run after package-lock.json was written by an `npm install` whose registry has the packages of some platforms
// only. npm then leaves the others out of the lock file, and every later `npm ci` refuses the file, on those platforms and on these. This writes
// them in, as what they are: optional, of one version, for one platform.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

const FILE = path.join(ROOT, 'package-lock.json');
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = missingOptionals(lock.packages);
const names = added.map(({ name }) => name).join(', ');
if (process.argv.includes('--check')) {
  if (added.length > 0) console.log(`package-lock.json lacks ${names}; run node tools/complete-lock.mjs`);
  process.exitCode = added.length > 0 ? 1 : 0;
} else {
  for (const { name, version, dev } of added)
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev && { dev }), optional: true };
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length > 0 ? `written in: ${names}` : 'package-lock.json is complete');
}

function missingOptionals(packages) {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`])
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** Such packages carry their platform in their names: `…-linux-arm64-musl`, `…-win32-x64-msvc`. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  if (os.length !== 1 || cpu.length !== 1)
    throw new Error(
      `${name} does not say in its name which platform it is for; write it into package-lock.json by hand`,
    );
  const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {};
  return { cpu, ...libc, os };
}
