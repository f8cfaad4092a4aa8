import { randomBytes } from 'node:crypto';
import { access, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where api and workers find the key that they seal secrets with, as their environment says it: what the user's says, else a key of the
 * stack's own, made once and kept with its Redis, whose bakes no other key would open.
 */
export async function sealingKeyFile(
  directory: string,
  variables: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  if (variables['BAKEHOUSE_SEALING_KEY'] !== undefined || variables['BAKEHOUSE_SEALING_KEY_FILE'] !== undefined)
    return {};
  const file = path.resolve(directory, 'sealing.key');
  if (!(await isThere(file))) {
    // Never half a key under its name.
    await writeFile(`${file}.new`, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return { BAKEHOUSE_SEALING_KEY_FILE: file };
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
