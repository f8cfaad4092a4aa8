import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BakeRecipe } from '@bakehouse/bake';
import { afterAll, describe, expect, test } from 'vitest';
import { isSince, packersToTry } from '../../packages/packer/src/testing/packers.ts';
import type { Packer } from '../../packages/packer/src/toolchain.ts';
import { varFileText } from '../../packages/packer/src/variables.ts';
import { aKeyFile } from '../support/key-file.ts';
import {
  familyOf,
  type GoldenRecipe,
  goldenRecipes,
  type ShippedTemplate,
  shippedTemplates,
  TEMPLATES,
  toldBy,
} from '../support/shipped-templates.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'bh-golden-'));
const keyFile = aKeyFile(directory);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const cases = shippedTemplates().flatMap((template) =>
  recipesFor(template).map(({ name, recipe, ofProvider }) => ({
    shipped: template.name,
    golden: name,
    template,
    ofProvider,
    recipe: { ...recipe, template: template.name },
  })),
);

test('every shipped template is tried with a golden recipe', () => {
  const tried = cases.map(({ shipped }) => shipped);
  expect(shippedTemplates().filter(({ name }) => !tried.includes(name))).toEqual([]);
});

// `BAKEHOUSE_TEST_PACKERS=/a/packer:/b/packer` runs all of this on each.
describe.each(await packersToTry())('Packer $version', (packer) => {
  test.for(cases)(
    'takes $shipped with all that the golden recipe $golden tells it',
    ({ template, recipe, ofProvider }, context) => {
      const asked = { packer, recipe, ofProvider, template };
      const said = validate(asked);
      if (isUnknown(template, said)) {
        // The template's own words, and types, can be looked at all the same.
        expect(validate(asked, ['-syntax-only'])).toBe('');
        return context.skip(`Packer ${packer.version} has no builder ${template.builder}`);
      }
      expect(said).toBe('');
    },
  );
});

/** The recipes that name it, or, where none does, those of its provider that tell it all it must be told. */
function recipesFor({ family, provider, variables }: ShippedTemplate): readonly GoldenRecipe[] {
  const recipes = goldenRecipes(provider);
  const own = recipes.filter(({ recipe }) => familyOf(recipe.template) === family);
  const required = Object.keys(variables).filter((name) => variables[name] === null);
  return own.length > 0 ? own : recipes.filter(({ recipe }) => required.every((name) => toldBy(recipe).includes(name)));
}

interface Asked {
  packer: Packer;
  recipe: BakeRecipe;
  ofProvider: readonly string[];
  template: ShippedTemplate;
}

/** What Packer has against it. */
function validate(
  { packer, recipe, ofProvider, template: { name, edition, text } }: Asked,
  flags: readonly string[] = [],
): string {
  const file = path.join(directory, 'variables.json');
  writeFileSync(file, variablesOf(recipe));
  // The oldest Packer has no word for the plugins that newer ones are asked for.
  const template = path.join(directory, name);
  const isOld = edition === 'hcl' && !isSince(packer, '1.7.0');
  writeFileSync(template, isOld ? text.replace(/^packer \{\n[\s\S]*?\n\}\n/, '') : text);
  const { stdout, stderr } = spawnSync(packer.path, ['validate', ...flags, `-var-file=${file}`, template], {
    cwd: directory,
    env: { ...process.env, ...CREDENTIALS, TMPDIR: directory, PACKER_CONFIG_DIR: directory, CHECKPOINT_DISABLE: '1' },
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`
    .replace(/The configuration is valid\.|Syntax-only check passed\. .*/, '')
    .replace(BUNDLED, '')
    .replace(UNDECLARED, (warning, variable) => (ofProvider.includes(variable) ? warning : ''))
    .trim();
}

/** Packer 1.9 has its plugins aboard for the last time. */
const BUNDLED = /Warning: Bundled plugins used[\s\S]*?(?=Warning:|Error:|$)/g;

/** An author may send what a template has no use for: Packer warns of it, and goes on. */
const UNDECLARED =
  /Warning: Undefined variable\s+(?:A|The variable) "(\w+)"[\s\S]*?variables\.pkr\.hcl\s*(?:variable "\w+" \{[^}]*\}\s*)?/g;

/** Whether what Packer has against a template is that it does not know the builder. */
function isUnknown({ builder, text }: ShippedTemplate, said: string): boolean {
  const [, plugin = builder] = /^ {6}source +=\s"(.+)"$/m.exec(text) ?? [];
  return UNKNOWN.test(said) && [builder, plugin].some((name) => said.includes(name));
}

const UNKNOWN = /unknown (?:builder|source type)|unknown by Packer|missing plugins|no plugin installed/i;

function variablesOf(recipe: BakeRecipe): string {
  const artifacts = path.join(directory, 'artifacts.json');
  writeFileSync(artifacts, JSON.stringify(recipe.packageArtifacts ?? []));
  return varFileText(
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
  );
}

/** For plans without a key of their own: clouds that Packer does not begin with unless somebody may log in. */
const CREDENTIALS = Object.fromEntries(
  ['ALICLOUD_ACCESS_KEY', 'ALICLOUD_SECRET_KEY', 'TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY'].map((name) => [
    name,
    'hush',
  ]),
);

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
