import { type BakeRecipe, type Place, templateLanguage, type Value, type Variables } from '@bakehouse/bake';

/** What only a worker can fill in. */
export interface Fillings {
  /** Values by secret name. */
  secrets: Readonly<Record<string, string>>;
  /** What the recipe's confidential variables hold; nothing where it has none. */
  confided?: Variables;
  places: Readonly<Record<Place, string>>;
}

/**
 * The variable file of a recipe: text for JSON templates, which take nothing else, typed JSON for HCL2. Throws when a
 * secret or a confidential value is missing, or a secret is one that Packer would run as a template.
 */
export function varFileText(recipe: BakeRecipe, { secrets, confided = {}, places }: Fillings): string {
  const language = templateLanguage(recipe.template);
  const resolved = Object.entries(recipe.secrets).map(([name, secret]) => {
    const value = secrets[secret];
    if (value === undefined)
      throw new Error(`variable '${name}' needs the secret '${secret}', which this worker does not have`);
    if (language === 'json' && value.includes('{{')) {
      throw new Error(
        `secret '${secret}' holds {{, which Packer would run as a template; change it, or use an HCL2 template`,
      );
    }
    return [name, value] as const;
  });
  // As of every other variable: an empty one is none, and a template may have a default of its own.
  const filled = resolved.filter(([, value]) => value.trim() !== '');
  const opened = (recipe.confidential ?? []).map((name) => {
    const value = confided[name];
    if (value === undefined)
      throw new Error(`variable '${name}' is confidential, and its value did not come with the bake`);
    return [name, value] as const;
  });
  const placed = Object.entries(recipe.places).map(([name, place]) => [name, places[place]] as const);
  const variables: (readonly [string, Value])[] = [
    ...Object.entries(recipe.variables),
    ...opened,
    ...filled,
    ...placed,
  ];
  const written = language === 'json' ? variables.map(([name, value]) => [name, asText(value)] as const) : variables;
  return JSON.stringify(Object.fromEntries(written));
}

/** `true` → `"true"`, `7` → `"7"`, lists and maps as JSON. */
function asText(value: Value): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
