import { spawn } from 'node:child_process';
import path from 'node:path';
import { check } from './check.mjs';
import { ROOT } from './root.mjs';

/**
 * `test`: the check, then the fast lane. `e2e`: the slow one, `--short` for its quick half. What else is in `args` is vitest's.
 * Answers with the exit code; the last line said is always `N passed, N failed`, in which each check that failed counts as one.
 */
export async function runTests(lane, args) {
  // CI has parts that stand before the tests (.ci/run).
  const before = Number(process.env.FAILED_BEFORE ?? 0);
  const failedChecks = before + (lane === 'test' ? (await check()).length : 0);
  const environment = {
    ...process.env,
    FAILED_CHECKS: String(failedChecks),
    ...(args.includes('--short') ? { E2E_SHORT: '1' } : {}),
  };
  // Whole bakes fill a machine: one file after the other.
  const project = lane === 'test' ? ['fast'] : ['e2e', '--no-file-parallelism'];
  const argv = ['run', '--project', ...project, ...args.filter((arg) => arg !== '--short')];
  const { code, said } = await vitest(argv, environment);
  if (!said) console.log(`0 passed, ${failedChecks + 1} failed`);
  return code === 0 && failedChecks > 0 ? 1 : code;
}

/** Runs vitest to its end, whatever signals come on the way; `said` when it came as far as the closing line (test/support/closing-line.ts). */
function vitest(argv, environment) {
  const program = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: ROOT,
    env: environment,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  let said = false;
  child.on('message', (message) => {
    said ||= message?.closingLine === 'comes';
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 1, said }));
  });
}
