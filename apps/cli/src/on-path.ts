import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Where a program is that a shell would find, or undefined. A name with a `/` is looked at where it says. */
export function onPath(program: string, variables: Readonly<Record<string, string>>): string | undefined {
  if (program.includes('/')) return isProgram(program) ? path.resolve(program) : undefined;
  const directories = (variables['PATH'] ?? '').split(path.delimiter).filter((directory) => directory !== '');
  return directories.map((directory) => path.join(directory, program)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
