import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { expect, test } from 'vitest';
import { allowedEnvironment } from './environment.ts';
import { FAKE_PACKER } from './testing/a-recipe.ts';
import { openKitchen } from './testing/kitchen.ts';
import { findPacker } from './toolchain.ts';

const environment = allowedEnvironment(env, []);

/** What is found where a shell script goes by the name of Packer. */
async function findScript(text: string) {
  await using kitchen = await openKitchen();
  const file = path.join(kitchen.dir, 'packer');
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return await findPacker(file, environment);
}

test('Packer is found by name, and says which it is', async () => {
  const found = await findPacker('packer', environment);
  expect(found).toMatchObject({ ok: true, value: { path: expect.stringMatching(/^\/.*\/packer$/) } });
  expect(found.ok && found.value.version).toMatch(/^\d+\.\d+\.\d+/);
});

test('a version that is no release says so', async () => {
  const found = await findPacker(FAKE_PACKER, { ...environment, FAKE_PACKER_VERSION: '1.10.2-dev' });
  expect(found).toMatchObject({ ok: true, value: { version: '1.10.2-dev' } });
});

test.each([
  ['1.6.5', false],
  ['1.5.10', false],
  ['0.12.5', false],
  ['1.6.6', true],
  ['1.10.0', true],
  ['2.0.0', true],
])('Packer %s is taken: %s', async (version, ok) => {
  expect((await findPacker(FAKE_PACKER, { ...environment, FAKE_PACKER_VERSION: version })).ok).toBe(ok);
});

test('a Packer that is not there is refused with what to do', async () => {
  const found = await findPacker('no-such-packer', environment);
  expect(found).toEqual({ ok: false, no: expect.stringMatching(/no 'no-such-packer'.*set PACKER_BIN/) });
});

test('another program of that name is refused with what it said', async () => {
  const found = await findScript('echo "usage: packer dictionary" >&2; exit 2');
  expect(found).toEqual({ ok: false, no: expect.stringMatching(/does not say a version.*exited with 2.*dictionary/) });
});

test('an answer for people is understood as well', async () => {
  const found = await findScript('echo Packer v1.7.1 >&2');
  expect(found).toMatchObject({ ok: true, value: { version: '1.7.1' } });
});
