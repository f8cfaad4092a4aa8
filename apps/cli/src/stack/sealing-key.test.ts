import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSealingKey } from '@bakehouse/bake';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealingKeyFile } from './sealing-key.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'stack-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('a stack makes a key of its own, that only its user may read, and has the same one when it is started again', async () => {
  const { BAKEHOUSE_SEALING_KEY_FILE: file = '' } = await sealingKeyFile(directory, {});
  const key = await readFile(file, 'utf8');
  expect(path.isAbsolute(file)).toBe(true);
  expect(readSealingKey(key).ok).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await sealingKeyFile(directory, {})).toEqual({ BAKEHOUSE_SEALING_KEY_FILE: file });
  expect(await readFile(file, 'utf8')).toBe(key);
});

test('a key that the user gives is the one, and none is made', async () => {
  for (const name of ['BAKEHOUSE_SEALING_KEY', 'BAKEHOUSE_SEALING_KEY_FILE'])
    expect(await sealingKeyFile('/nowhere', { [name]: 'x' })).toEqual({});
});
