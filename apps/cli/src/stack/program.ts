import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How to start one of our own programs, from the sources or from the bundle, whichever we are ourselves. */
export function ownProgram(name: 'api' | 'worker'): readonly [command: string, ...argv: string[]] {
  const bundled = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  if (existsSync(bundled)) return [process.execPath, bundled];
  const source = fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url));
  // By its address and not by its name: a name would be looked up in the directory the user stands in.
  return [process.execPath, '--import', import.meta.resolve('tsx'), source];
}
