import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveSecrets, type SecretSources } from './secrets.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'secrets-'));
  await writeFile(path.join(directory, 'docker.password'), 'from a file\n');
});
afterAll(() => rm(directory, { recursive: true }));

const wanted = { registry_password: 'docker.password' };
const sources = (but: Partial<SecretSources> = {}): SecretSources => ({
  environment: { BAKEHOUSE_SECRET_DOCKER_PASSWORD: 'from the environment' },
  directory,
  fromSettings: () => 'from the settings',
  ...but,
});

test('the environment comes before the directory, and that before the settings', async () => {
  const value = async (but: Partial<SecretSources>) => {
    const found = await resolveSecrets(wanted, sources(but));
    return found.ok && found.value['docker.password'];
  };
  expect(await value({})).toBe('from the environment');
  expect(await value({ environment: {} })).toBe('from a file');
  expect(await value({ environment: {}, directory: undefined })).toBe('from the settings');
});

test('a secret that nobody has is a failure that names it and the ways to give it', async () => {
  const found = await resolveSecrets(wanted, { environment: {}, directory, fromSettings: () => undefined });
  expect(found.ok).toBe(true);
  const missing = await resolveSecrets({ x: 'gce.key' }, { environment: {}, directory, fromSettings: () => undefined });
  expect(missing).toMatchObject({ ok: false, no: { class: 'auth', message: expect.stringContaining("'gce.key'") } });
  expect(!missing.ok && missing.no.next).toContain('BAKEHOUSE_SECRET_GCE_KEY');
});
