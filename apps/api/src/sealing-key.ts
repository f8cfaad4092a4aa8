import { readFile } from 'node:fs/promises';
import { readSealingKey, type SealingKey } from '@bakehouse/bake';

/** The key that the environment holds or names a file of, if it does either. Throws with the name of the variable that is wrong, and never with the key. */
export async function openSealingKey({
  BAKEHOUSE_SEALING_KEY: value,
  BAKEHOUSE_SEALING_KEY_FILE: file,
}: {
  BAKEHOUSE_SEALING_KEY?: string | undefined;
  BAKEHOUSE_SEALING_KEY_FILE?: string | undefined;
}): Promise<SealingKey | undefined> {
  if (value !== undefined && file !== undefined)
    throw new Error('BAKEHOUSE_SEALING_KEY and BAKEHOUSE_SEALING_KEY_FILE are both set; leave one out');
  const text = file === undefined ? value : await readKeyFile(file);
  if (text === undefined) return undefined;
  const key = readSealingKey(text);
  if (key.ok) return key.value;
  throw new Error(
    file === undefined
      ? `BAKEHOUSE_SEALING_KEY ${key.no}`
      : `${file}, which BAKEHOUSE_SEALING_KEY_FILE names, ${key.no}`,
  );
}

const readKeyFile = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`the key file ${file} cannot be read; BAKEHOUSE_SEALING_KEY_FILE names it`, { cause });
  });
