import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BakeRecipe } from '@bakehouse/bake';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Where Packer finds what we ship. */
export const TEMPLATES = path.join(ROOT, 'packer');

/** A shipped template, in one of its two editions. */
export interface ShippedTemplate {
  name: string;
  /** The same for both editions. */
  family: string;
  edition: 'json' | 'hcl';
  provider: string;
  text: string;
  builder: string;
  variables: Readonly<Record<string, Declared>>;
  sensitive: readonly string[];
}

/** `null`: must be told. `$NAME`: what the environment says. */
type Declared = string | null;

/** A bake as it is planned, and held to by a test of its own. */
export interface GoldenRecipe {
  name: string;
  recipe: BakeRecipe;
  /** The names of the variables that neither the request nor the operator chose. */
  ofProvider: readonly string[];
}

export const shippedTemplates = (): readonly ShippedTemplate[] =>
  readdirSync(TEMPLATES)
    .filter((name) => /\.(json|pkr\.hcl)$/.test(name))
    .map(readTemplate);

export function goldenRecipes(provider: string): readonly GoldenRecipe[] {
  const golden = path.join(ROOT, 'packages/bake/golden', provider);
  return readdirSync(golden).map((which) => {
    const read = (file: string) => JSON.parse(readFileSync(path.join(golden, which, file), 'utf8'));
    const recipe = BakeRecipe.parse(read('plan.json').recipe);
    const { variables: asked = {} } = read('request.json');
    const ofProvider = toldBy(recipe).filter(
      (name) => !(name in asked) && !recipe.secrets[name]?.includes('.secretVariables.'),
    );
    return { name: `${provider}/${which}`, recipe, ofProvider };
  });
}

/** The names of all variables that a worker writes into the variable file. */
export const toldBy = ({ variables, secrets, places }: BakeRecipe): readonly string[] =>
  [variables, secrets, places].flatMap((named) => Object.keys(named));

export const familyOf = (name: string): string => name.replace(/\.(json|pkr\.hcl)$/, '');

function readTemplate(name: string): ShippedTemplate {
  const text = readFileSync(path.join(TEMPLATES, name), 'utf8');
  const family = familyOf(name);
  const [word = ''] = family.split('-');
  const common = { name, family, provider: word === 'oci' ? 'oracle' : word, text };
  return name.endsWith('.json') ? { ...common, ...readJson(text) } : { ...common, ...readHcl(text) };
}

function readJson(text: string): Pick<ShippedTemplate, 'edition' | 'builder' | 'variables' | 'sensitive'> {
  const { variables, builders, 'sensitive-variables': sensitive = [] } = JSON.parse(text);
  const declared = Object.entries(variables as Record<string, Declared>)
    .filter(([, value]) => !isMadeOfOthers(value))
    .map(([name, value]) => [name, value?.replace(/^\{\{env `(\w+)`\}\}$/, '$$$1') ?? null]);
  return { edition: 'json', builder: builders[0].type, variables: Object.fromEntries(declared), sensitive };
}

/** JSON has no locals, so a variable stands in for one. */
const isMadeOfOthers = (value: Declared): boolean => value?.includes('{{if user `') ?? false;

/** Enough of the language for the way in which our templates are written. */
function readHcl(text: string): Pick<ShippedTemplate, 'edition' | 'builder' | 'variables' | 'sensitive'> {
  const blocks = [...text.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}\n/gm)];
  const variables = blocks.map(([, name = '', body = '']) => [name, defaultIn(body)]);
  const sensitive = blocks.flatMap(([, name = '', body = '']) => (/^ {2}sensitive += true$/m.test(body) ? [name] : []));
  const [, builder = ''] = /^source "([\w-]+)"/m.exec(text) ?? [];
  return { edition: 'hcl', builder, variables: Object.fromEntries(variables), sensitive };
}

function defaultIn(body: string): Declared {
  const [, written] = /^ {2}default += (.+)$/m.exec(body) ?? [];
  if (written === undefined) return null;
  const [, variable] = /^env\("(\w+)"\)$/.exec(written) ?? [];
  if (variable) return `$${variable}`;
  return written.startsWith('"') ? JSON.parse(written) : written;
}
