import { z } from 'zod';
import { NOT_NEEDED_KEYS } from './not-needed.ts';
import { nest, overlaySetting, type Setting } from './setting.ts';
import { isSecret, join, unwrap } from './shape.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The settings that the environment says directly: `oracle.enabled` by ORACLE_ENABLED, `aws.bakeryDefaults.templateFile` by
 * AWS_BAKERYDEFAULTS_TEMPLATEFILE. Dots are underscores there, other signs are left out, letters are capitals. Members of lists and of maps
 * with names of the operator's own cannot be said so, and an empty variable says nothing. Classic keys that mean nothing here are among the
 * answers, so that it can be told of them.
 */
export function fromEnvironment(schemas: ReadonlyMap<string, z.core.$ZodType>, environment: Variables): Setting {
  const paths = [...schemas].flatMap(([path, schema]) => textPaths(schema, path));
  const said = [...paths, ...NOT_NEEDED_KEYS].flatMap((path): Setting[] => {
    const name = variableOf(path);
    const text = environment[name];
    return text ? [nest(path, { kind: 'text', text, spot: { environment: name } })] : [];
  });
  return said.reduce(overlaySetting, { kind: 'map', entries: new Map(), spot: { environment: '' } });
}

/** The variable that says a setting. */
const variableOf = (path: string): string =>
  path
    .split('.')
    .map((key) => key.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase())
    .join('_');

/** The dotted paths of all that is one text, number, switch, word or list of words. */
function textPaths(schema: z.core.$ZodType, path: string): string[] {
  const bare = unwrap(schema);
  if (isSecret(bare)) return [path];
  if (bare instanceof z.ZodObject)
    return Object.entries<z.core.$ZodType>(bare.shape).flatMap(([key, inner]) => textPaths(inner, join(path, key)));
  return isOneText(bare instanceof z.ZodArray ? unwrap(bare.element) : bare) ? [path] : [];
}

const isOneText = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodUnion
    ? schema.options.some((option) => isOneText(option))
    : ONE_TEXT.includes(schema._zod.def.type);

const ONE_TEXT: readonly string[] = ['string', 'number', 'boolean', 'enum'];
