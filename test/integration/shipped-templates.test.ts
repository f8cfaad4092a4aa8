import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { aKeyFile } from '../support/key-file.ts';

const TEMPLATES = path.resolve(import.meta.dirname, '../../packer');
const templates = readdirSync(TEMPLATES).filter((name) => name.endsWith('.json'));
const editions = readdirSync(TEMPLATES).filter((name) => name.endsWith('.pkr.hcl'));
const directory = mkdtempSync(path.join(tmpdir(), 'bh-templates-'));
const keyFile = aKeyFile(directory);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const read = (name: string) => JSON.parse(readFileSync(path.join(TEMPLATES, name), 'utf8'));

test.each(templates)('Packer takes %s once its required variables are set', (name) => {
  const { status, said } = validate(path.join(TEMPLATES, name), requiredOf(name));
  expect(status, said).toBe(0);
});

test.each(editions)('Packer takes %s with the variables of its JSON edition', (name) => {
  const json = name.replace(/\.pkr\.hcl$/, '.json');
  const text = readFileSync(path.join(TEMPLATES, name), 'utf8');
  const declared = [...text.matchAll(/^variable "(\w+)"/gm)].map(([, variable]) => variable);
  const { variables } = read(json);
  expect(declared).toEqual(Object.keys(variables).filter((variable) => !isMadeOfOthers(variables[variable])));

  // Plugins are asked for by Packers that have none of their own, and the oldest knows no word for it.
  expect(text).toMatch(/^packer \{\n[\s\S]*?\n {2}required_plugins \{[\s\S]*?\n\}\n/);
  const copy = path.join(directory, name);
  writeFileSync(copy, text.replace(/^packer \{\n[\s\S]*?\n\}\n/, ''));
  const { status, said } = validate(copy, requiredOf(json));
  expect(status, said).toBe(0);
  expect(said).not.toContain('Undefined variable');
});

test.each(templates)('%s ends the chain that makes the image with a manifest where the worker looks for it', (name) => {
  const chains = read(name)['post-processors'];
  expect(chains).toHaveLength(1);
  expect(chains[0].at(-1)).toEqual({ type: 'manifest', output: '{{user `manifestFile`}}' });
});

test.each(templates)('%s hands values to scripts in the environment only', (name) => {
  for (const { type, inline, execute_command: command, script, scripts = [script] } of read(name).provisioners) {
    if (type === 'file') continue;
    expect(inline).toBeUndefined();
    expect(JSON.stringify(command ?? [])).not.toContain('user `');
    for (const each of scripts) expect(each).toMatch(/^\{\{user `configDir`\}\}\//);
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

/** What a template cannot do without: its required variables, and for aws and gce a source image, which has two variables. */
function requiredOf(json: string): Record<string, string> {
  const variables: Record<string, unknown> = read(json).variables;
  const names = Object.keys(variables).filter((name) => variables[name] === null || SOURCES.includes(name));
  return Object.fromEntries(names.map((name) => [name, VALUES[name] ?? 'xxx']));
}

const SOURCES = ['aws_source_ami', 'gce_source_image'];
/** Packer looks at once at the files that it is to upload or to sign with, and at the forms of some words. */
const VALUES: Readonly<Record<string, string>> = {
  configDir: TEMPLATES,
  artifactFile: import.meta.filename,
  huaweicloud_eip_bandwidth_size: '5',
  oracle_ssh_private_key_file_path: keyFile,
  tencentcloud_region: 'ap-guangzhou',
  tencentcloud_source_image_id: 'img-xxxxxxxx',
};
/** Clouds that Packer does not begin with unless somebody may log in. */
const CREDENTIALS = Object.fromEntries(
  ['ALICLOUD_ACCESS_KEY', 'ALICLOUD_SECRET_KEY', 'TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY'].map((name) => [
    name,
    'xxx',
  ]),
);
/** No Packer has its builder without a plugin, so that nothing but the template's own words can be looked at. */
const PLUGIN_ONLY = /^huaweicloud/;

const isMadeOfOthers = (value: unknown): boolean => typeof value === 'string' && value.includes('{{if user `');

function validate(template: string, variables: Record<string, string>): { status: number | null; said: string } {
  const file = path.join(directory, 'variables.json');
  writeFileSync(file, JSON.stringify(variables));
  const { status, stdout, stderr } = spawnSync(
    process.env['PACKER_BIN'] ?? 'packer',
    ['validate', ...(PLUGIN_ONLY.test(path.basename(template)) ? ['-syntax-only'] : []), `-var-file=${file}`, template],
    {
      cwd: TEMPLATES,
      env: { ...process.env, ...CREDENTIALS, TMPDIR: directory, PACKER_CONFIG_DIR: directory, CHECKPOINT_DISABLE: '1' },
      encoding: 'utf8',
    },
  );
  return { status, said: `${stdout}${stderr}` };
}
