import { execFile } from 'node:child_process';
import { no, type Result, yes } from '@bakehouse/bake';

/** Runs a program that should answer at once, and takes what it prints. A "no" says why there is nothing. */
export function askProgram(
  argv: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>>,
): Promise<Result<string, string>> {
  const [program, ...rest] = argv;
  return new Promise((resolve) => {
    const child = execFile(program, rest, { timeout: 10_000, env: { ...variables } }, (error, stdout, stderr) =>
      resolve(error ? no(firstLine(stderr) || error.message) : yes(stdout.trim())),
    );
    // Another program of the same name may wait for words on its standard input.
    child.stdin?.end();
  });
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';
