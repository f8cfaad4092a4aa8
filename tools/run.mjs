import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './root.mjs';

/** Becomes one of our programs: types are stripped as its files are loaded, and `argv` reads as if it had been started by itself. */
export async function run([main, ...leading], args) {
  const { register } = await import('tsx/esm/api');
  register();
  const file = path.join(ROOT, main);
  process.argv = [process.execPath, file, ...leading, ...args];
  await import(pathToFileURL(file).href);
}
