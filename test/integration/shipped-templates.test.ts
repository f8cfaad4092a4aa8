import { expect, test } from 'vitest';
import { goldenRecipes, type ShippedTemplate, shippedTemplates } from '../support/shipped-templates.ts';

const templates = shippedTemplates();
const inJson = templates.filter(({ edition }) => edition === 'json');
const inHcl = templates.filter(({ edition }) => edition === 'hcl');
const byName = Object.fromEntries(templates.map((template) => [template.name, template]));
const jsonOf = ({ name }: ShippedTemplate) => JSON.parse(byName[name]?.text ?? '');

test('every template has both editions, which take the same variables, defaults and secrets', () => {
  const words = ({ family, provider, builder, variables, sensitive }: ShippedTemplate) => ({
    family,
    provider,
    builder,
    variables,
    sensitive,
  });
  expect(inHcl.map(words)).toEqual(inJson.map(words));
});

test.each(templates)('$name declares all that its provider sends', ({ provider, variables }) => {
  const sent = goldenRecipes(provider).flatMap(({ ofProvider }) => ofProvider);
  expect([...new Set(sent)].filter((name) => !(name in variables))).toEqual([]);
});

test.each(inJson)(
  '$name ends the chain that makes the image with a manifest where the worker looks for it',
  (template) => {
    const chains = jsonOf(template)['post-processors'];
    expect(chains).toHaveLength(1);
    expect(chains[0].at(-1)).toEqual({ type: 'manifest', output: '{{user `manifestFile`}}' });
  },
);

test.each(inHcl)(
  '$name ends the chain that makes the image with a manifest where the worker looks for it',
  ({ text }) => {
    // A chain is a block of its own, or a lone post-processor.
    expect(text.match(/^ {2}post-processors? /gm)).toHaveLength(1);
    const [, name, body] = [...text.matchAll(/^ +post-processor "(.+)" \{\n([\s\S]*?)\n +\}$/gm)].at(-1) ?? [];
    expect({ name, body: body?.trim() }).toEqual({ name: 'manifest', body: 'output = var.manifestFile' });
  },
);

test.each(inJson)('$name hands values to scripts in the environment only', (template) => {
  for (const { type, inline, execute_command: command, script, scripts = [script] } of jsonOf(template).provisioners) {
    if (type === 'file') continue;
    expect(inline).toBeUndefined();
    expect(JSON.stringify(command ?? [])).not.toContain('user `');
    for (const each of scripts) expect(each).toMatch(/^\{\{user `configDir`\}\}\//);
  }
});

test.each(inHcl)('$name hands values to scripts in the environment only', ({ text }) => {
  const provisioners = [...text.matchAll(/^ {2}provisioner "(.+)" \{\n([\s\S]*?)^ {2}\}$/gm)];
  expect(provisioners).not.toEqual([]);
  for (const [, type, body = ''] of provisioners) {
    if (type === 'file') continue;
    expect(body).not.toMatch(/^ +inline /m);
    const withoutEnvironment = body.replace(/^ {4}environment_vars = \[[\s\S]*?^ {4}\]\n/m, '');
    expect(withoutEnvironment.match(/\$?\{?var\.\w+/g)).toEqual(scriptsIn(body).map(() => '${var.configDir'));
    expect(scriptsIn(body)).not.toEqual([]);
  }
});

test.each(inHcl)(
  '$name names the plugin of its builder, for a Packer that has none of its own',
  ({ text, builder }) => {
    if (NEEDS_NO_PLUGIN.includes(builder)) return expect(text).not.toContain('required_plugins');
    const [, accessor = ''] =
      /^packer \{\n {2}required_version = ">= 1\.7\.0"\n {2}required_plugins \{\n {4}(\w+) = \{/.exec(text) ?? [];
    expect(builder.split('-')[0]).toBe(accessor);
  },
);

const NEEDS_NO_PLUGIN = ['null'];

test.each(['.json', '.pkr.hcl'])(
  'docker-local%s is docker%s without the push, and without the need of a registry',
  (end) => {
    const [classic, local] = [byName[`docker${end}`], byName[`docker-local${end}`]];
    expect(local?.variables).toEqual({ ...classic?.variables, docker_target_repository: '', docker_pull: 'false' });
    expect(local?.text).not.toContain('docker-push');
  },
);

const scriptsIn = (body: string): string[] => body.match(/"\$\{var\.configDir\}\/[^"]+"/g) ?? [];
