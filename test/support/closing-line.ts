import { writeSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/**
 * The last line of a run: `N passed, N failed`, and `, N skipped` when there are any, whose reasons stand above it. A file that did not load
 * and a hook that failed count as one failure each; so does each check that failed before (`FAILED_CHECKS`, tools/tests.mjs).
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const failed =
      count('failed') +
      modules.map(failuresOutsideTests).reduce((sum, more) => sum + more, 0) +
      unhandled.length +
      (modules.length === 0 ? 1 : 0) +
      Number(process.env['FAILED_CHECKS'] ?? 0);
    const line = `${count('passed')} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;

    if (failed > 0) process.exitCode = 1;
    process.send?.({ closingLine: 'comes' });
    // After all that anyone else has to say, of which the global set-up's end is the last.
    process.once('exit', () => writeSync(1, `${[...whySkipped(skipped), line].join('\n')}\n`));
  }
}

const failuresOutsideTests = (module: TestModule): number =>
  [module, ...module.children.allSuites()].filter((one: TestModule | TestSuite) => one.errors().length > 0).length;

/** One line per reason: a filter on names skips hundreds of tests for none. */
function whySkipped(skipped: readonly TestCase[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const test of skipped) {
    const result = test.result();
    const reason = (result.state === 'skipped' ? result.note : undefined) ?? 'no reason was given';
    byReason.set(reason, [...(byReason.get(reason) ?? []), test.fullName]);
  }
  return [...byReason].map(
    ([reason, names]) =>
      `skipped (${reason}): ${names.slice(0, 5).join('; ')}${names.length > 5 ? `; and ${names.length - 5} more` : ''}`,
  );
}
