import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BakeRecipe } from '@bakehouse/bake';
import { afterAll, expect, test } from 'vitest';
import { varFileText } from '../../packages/packer/src/variables.ts';
import { aKeyFile } from '../support/key-file.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TEMPLATES = path.join(ROOT, 'packer');
const GOLDEN = path.join(ROOT, 'packages/bake/golden');
const directory = mkdtempSync(path.join(tmpdir(), 'bh-golden-'));
const keyFile = aKeyFile(directory);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const shipped = new Set(readdirSync(TEMPLATES));
/** Clouds whose golden plans are whole: Packer lacks nothing to begin with them. */
const CLOUDS = ['alicloud', 'aws', 'azure', 'gce', 'oracle', 'tencentcloud'];
const plans = CLOUDS.flatMap((provider) =>
  readdirSync(path.join(GOLDEN, provider)).map((which) => `${provider}/${which}`),
);
const recipes = plans.map((plan) => ({ plan, recipe: recipeOf(plan) }));
const cases = recipes.flatMap(({ plan, recipe }) =>
  ['.json', '.pkr.hcl']
    .map((end) => recipe.template.replace(/(\.json|\.pkr\.hcl)$/, end))
    .filter((template) => shipped.has(template))
    .map((template) => ({ plan, template, recipe: { ...recipe, template } })),
);

test.each(cases)('Packer takes $template with all that the golden plan $plan tells it', ({ template, recipe }) => {
  const text = readFileSync(path.join(TEMPLATES, template), 'utf8');
  const told = [recipe.variables, recipe.secrets, recipe.places].flatMap((named) => Object.keys(named));
  expect(told.filter((name) => !declaredIn(template, text).includes(name))).toEqual([]);

  // The oldest Packer has no word for the plugins that newer ones are asked for.
  const copy = path.join(directory, template);
  writeFileSync(copy, text.replace(/^packer \{\n[\s\S]*?\n\}\n/, ''));
  expect(validate(copy, recipe)).toBe('');
});

function recipeOf(plan: string): BakeRecipe {
  const { recipe } = JSON.parse(readFileSync(path.join(GOLDEN, plan, 'plan.json'), 'utf8'));
  return BakeRecipe.parse(recipe);
}

function declaredIn(template: string, text: string): string[] {
  if (template.endsWith('.json')) return Object.keys(JSON.parse(text).variables);
  return [...text.matchAll(/^variable "(\w+)"/gm)].map(([, name = '']) => name);
}

/** For plans without a key of their own: clouds that Packer does not begin with unless somebody may log in. */
const CREDENTIALS = Object.fromEntries(
  ['ALICLOUD_ACCESS_KEY', 'ALICLOUD_SECRET_KEY', 'TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY'].map((name) => [
    name,
    'hush',
  ]),
);

/** What Packer has against it. */
function validate(template: string, recipe: BakeRecipe): string {
  const artifacts = path.join(directory, 'artifacts.json');
  writeFileSync(artifacts, JSON.stringify(recipe.packageArtifacts ?? []));
  const file = path.join(directory, 'variables.json');
  writeFileSync(
    file,
    varFileText(
      { ...recipe, variables: withKeyFiles(recipe.variables) },
      {
        secrets: Object.fromEntries(Object.values(recipe.secrets).map((secret) => [secret, 'hush'])),
        places: {
          'config-dir': TEMPLATES,
          'output-dir': path.join(directory, 'output'),
          'cache-dir': directory,
          'manifest-file': path.join(directory, 'manifest.json'),
          'artifacts-file': artifacts,
        },
      },
    ),
  );
  const { stdout, stderr } = spawnSync(
    process.env['PACKER_BIN'] ?? 'packer',
    ['validate', `-var-file=${file}`, template],
    {
      cwd: directory,
      env: { ...process.env, ...CREDENTIALS, TMPDIR: directory, PACKER_CONFIG_DIR: directory, CHECKPOINT_DISABLE: '1' },
      encoding: 'utf8',
    },
  );
  return `${stdout}${stderr}`.replace('The configuration is valid.', '').trim();
}

/** Packer looks at once for the key files that a worker would have. */
function withKeyFiles(variables: BakeRecipe['variables']): BakeRecipe['variables'] {
  const key = path.join(directory, 'key.json');
  const account = { type: 'service_account', client_email: 'a@b.example', private_key: 'none', token_uri: 'none' };
  writeFileSync(key, JSON.stringify(account));
  const files = { gce_account_file: key, oracle_ssh_private_key_file_path: keyFile };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, name in files ? files[name as keyof typeof files] : value]),
  );
}
