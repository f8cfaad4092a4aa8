// `node tools/check.mjs`: format, lint, types, import floors, dead code and shell scripts. All are run, side by side; what fails is shown.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './root.mjs';

const CHECKS = [
  { name: 'format and lint', program: 'biome', args: ['ci', '--colors=off', '.'] },
  { name: 'types', program: 'tsc', args: ['-p', '.'] },
  { name: 'import floors', program: 'depcruise', args: ['apps', 'packages', 'test'] },
  { name: 'dead code', program: 'knip', args: [] },
  { name: 'shell scripts', program: 'shellcheck', args: ['--color=never', ...shellScripts()] },
];

/** Runs every check, saying how each went; answers with the names of those that failed. */
export async function check() {
  const ended = await Promise.all(CHECKS.map(runOne));
  for (const { name, output } of ended.filter(({ ok }) => !ok)) console.log(`\n--- ${name}\n${output.trimEnd()}`);
  return ended.filter(({ ok }) => !ok).map(({ name }) => name);
}

async function runOne({ name, program, args }) {
  const began = performance.now();
  const ours = path.join(ROOT, 'node_modules/.bin', program);
  const { code, output } = await outputOf(existsSync(ours) ? ours : program, args);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(16)} ${seconds} s`);
  return { name, ok: code === 0, output };
}

function outputOf(command, args) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('error', ({ code, message }) => {
      const mend = `there is no ${command} on PATH; \`npm test\` installs what is missing`;
      resolve({ code: 1, output: code === 'ENOENT' ? mend : message });
    });
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

/** What Packer or CI runs, and what plays a part in tests. */
function shellScripts() {
  const below = ['packer', 'test'].flatMap((room) =>
    readdirSync(path.join(ROOT, room), { recursive: true })
      .filter((name) => name.endsWith('.sh'))
      .map((name) => path.join(room, name)),
  );
  return [...below, '.ci/run'];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = await check();
  console.log(failed.length === 0 ? 'the house stands' : `failed: ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
