// `node tools/begin.mjs VERB [args…]`: sets up what VERB needs and lacks, then is VERB. Runs on a fresh clone, so it imports nothing but Node's own.
import { run } from './run.mjs';
import { nodeIsTooOld } from './set-up/node-version.mjs';
import { installNpmPackages } from './set-up/npm-packages.mjs';
import { installPythonPackages } from './set-up/python-packages.mjs';
import { installSystemPrograms } from './set-up/system-programs.mjs';
import { runTests } from './tests.mjs';

/**
 * Programs of ours: loaded into this very process, so that the signals npm passes on reach them and nothing stands between;
 * for the same reason the scripts of package.json begin with `exec`.
 */
const APPS = {
  start: ['apps/cli/src/main.ts', 'up'],
  demo: ['apps/cli/src/main.ts', 'demo'],
  api: ['apps/api/src/main.ts'],
  worker: ['apps/worker/src/main.ts'],
  bench: ['test/bench/main.ts'],
  conformance: ['test/conformance/main.ts'],
};
const VERBS = [...Object.keys(APPS), 'test', 'e2e'];

const [verb, ...args] = process.argv.slice(2);
if (!VERBS.includes(verb)) end(2, `usage: node tools/begin.mjs ${VERBS.join('|')} [arguments]`);

const tooOld = nodeIsTooOld(process.versions.node);
if (tooOld) end(3, tooOld);
// Debian keeps programs of administrators where other users do not look.
process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const missing = installSystemPrograms(verb) ?? installNpmPackages() ?? installPythonPackages(verb);
if (missing) end(3, missing);

if (verb === 'test' || verb === 'e2e') process.exitCode = await runTests(verb, args);
else await run(APPS[verb], args);

function end(code, message) {
  console.error(message);
  process.exit(code);
}
