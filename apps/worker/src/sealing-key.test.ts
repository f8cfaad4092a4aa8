import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSealingKey } from './sealing-key.ts';

const KEY = '9a'.repeat(32);

async function aFile(text: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'key-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'sealing.key');
  await writeFile(file, text);
  return file;
}

test('the key comes from the environment or from a file, and it is the same key', async () => {
  const said = await openSealingKey({ BAKEHOUSE_SEALING_KEY: KEY });
  const read = await openSealingKey({ BAKEHOUSE_SEALING_KEY_FILE: await aFile(`${KEY}\n`) });
  expect(said?.id).toMatch(/./);
  expect(read?.id).toBe(said?.id);
  expect(await openSealingKey({})).toBeUndefined();
});

test('what is wrong is told by the name of its variable, and the key is not', async () => {
  const broken = `${KEY}9`;
  const file = await aFile(broken);
  for (const [environment, message] of [
    [{ BAKEHOUSE_SEALING_KEY: broken }, /^BAKEHOUSE_SEALING_KEY is not a sealing key: [^9]*this has 65 characters$/],
    [{ BAKEHOUSE_SEALING_KEY_FILE: file }, /which BAKEHOUSE_SEALING_KEY_FILE names, is not a sealing key/],
    [{ BAKEHOUSE_SEALING_KEY_FILE: `${file}.not` }, /cannot be read; BAKEHOUSE_SEALING_KEY_FILE names it/],
    [{ BAKEHOUSE_SEALING_KEY: KEY, BAKEHOUSE_SEALING_KEY_FILE: file }, /both set; leave one out/],
  ] as const) {
    const refused = await openSealingKey(environment).catch((error: Error) => error);
    expect(refused).toMatchObject({ message: expect.stringMatching(message) });
    expect(String(refused)).not.toContain('9a9a');
  }
});
