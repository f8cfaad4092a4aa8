import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const TEMPLATES = path.resolve(import.meta.dirname, '../../packer');
const templates = readdirSync(TEMPLATES).filter((name) => name.endsWith('.json'));
const directory = mkdtempSync(path.join(tmpdir(), 'bh-templates-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const read = (name: string) => JSON.parse(readFileSync(path.join(TEMPLATES, name), 'utf8'));

test.each(templates)('Packer takes %s once its required variables are set', (name) => {
  const required = Object.entries(read(name).variables).filter(([, value]) => value === null);
  const argv = required.flatMap(([variable]) => ['-var', `${variable}=${variable === 'configDir' ? TEMPLATES : 'x'}`]);
  const { status, stdout } = spawnSync(process.env['PACKER_BIN'] ?? 'packer', ['validate', ...argv, name], {
    cwd: TEMPLATES,
    env: { ...process.env, TMPDIR: directory, PACKER_CONFIG_DIR: directory, CHECKPOINT_DISABLE: '1' },
    encoding: 'utf8',
  });
  expect(status, stdout).toBe(0);
});

test.each(templates)('%s ends the chain that makes the image with a manifest where the worker looks for it', (name) => {
  const chains = read(name)['post-processors'];
  expect(chains).toHaveLength(1);
  expect(chains[0].at(-1)).toEqual({ type: 'manifest', output: '{{user `manifestFile`}}' });
});

test.each(templates)('%s hands values to scripts in the environment only', (name) => {
  for (const { inline, execute_command: command, script } of read(name).provisioners) {
    expect(inline).toBeUndefined();
    expect(JSON.stringify(command ?? [])).not.toContain('user `');
    expect(script).toMatch(/^\{\{user `configDir`\}\}\//);
  }
});

test('docker-local.json is docker.json without the push, and without the need of a registry', () => {
  const [classic, local] = [read('docker.json'), read('docker-local.json')];
  const [[, push]] = classic['post-processors'];
  expect(push.type).toBe('docker-push');
  classic['post-processors'][0].splice(1, 1);
  classic['post-processors'][0][0].repository = local['post-processors'][0][0].repository;
  Object.assign(classic.variables, { docker_target_repository: '', docker_pull: 'false' });
  expect(local).toEqual(classic);
});
