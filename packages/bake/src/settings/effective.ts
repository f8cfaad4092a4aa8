import { HIDDEN } from '../url-credentials.ts';
import type { Value } from '../variable.ts';
import { fillIn } from './placeholder.ts';
import { publicText } from './private.ts';
import type { Spot } from './problem.ts';

/** One setting that counts, for people to read. */
export interface EffectiveSetting {
  /** Dotted, in our spelling. */
  path: string;
  /** `******` for a secret. */
  value: Value;
  /** Where it comes from; `default` is built in. */
  origin: 'default' | Spot;
  /** The classic key that said it, where it was not said by its own. */
  saidAs?: string;
  /** Variables of the environment that filled placeholders in it. */
  variables?: readonly string[];
}

/** What is known of where settings come from, by dotted path. */
export interface Origins {
  spots: ReadonlyMap<string, Spot>;
  /** As they were written. */
  texts: ReadonlyMap<string, string>;
  /** Texts of the secrets. */
  secrets: ReadonlyMap<string, string>;
  /** The classic key that said a setting of ours. */
  classic: ReadonlyMap<string, string>;
  /** What fills a placeholder, and the variable that said so, if one did. */
  find: (name: string) => { text: string | undefined; variable: string | undefined };
}

/** All settings, in the order of their schemas; an empty list or map is one too. */
export const effectiveSettings = (tree: unknown, origins: Origins): readonly EffectiveSetting[] =>
  leavesOf(tree, []).map(({ keys, value }) => {
    const path = keys.join('.');
    const saidAs = closest(keys, (around) => origins.classic.get(around));
    const variables = variablesIn(origins.secrets.get(path) ?? origins.texts.get(saidAs ?? path), origins);
    return {
      path,
      value: origins.secrets.has(path) ? HIDDEN : shown(path, value),
      origin: originOf({ keys, saidAs }, origins),
      ...(saidAs !== undefined && { saidAs }),
      ...(variables.length > 0 && { variables }),
    };
  });

interface Leaf {
  keys: readonly string[];
  value: Value;
}

function leavesOf(value: unknown, keys: readonly string[]): Leaf[] {
  if (value === undefined) return [];
  if (value === null || typeof value !== 'object') return [{ keys, value: value as Value }];
  const members = Object.entries(value);
  if (members.length === 0) return [{ keys, value: Array.isArray(value) ? [] : {} }];
  return members.flatMap(([key, inner]) => leavesOf(inner, [...keys, key]));
}

const shown = (path: string, value: Value): Value => (typeof value === 'string' ? publicText(path, value) : value);

/** Words of a list that was written as one text, and members of a classic key, have the place of the whole. */
function originOf(
  { keys, saidAs }: { keys: readonly string[]; saidAs: string | undefined },
  { spots, texts }: Origins,
): 'default' | Spot {
  if (saidAs !== undefined) return spots.get(saidAs) ?? 'default';
  const path = keys.join('.');
  const list = keys.slice(0, -1).join('.');
  return spots.get(path) ?? (texts.has(list) ? spots.get(list) : undefined) ?? 'default';
}

/** What is known of a path, else of the nearest one around it. */
function closest<T>(keys: readonly string[], known: (path: string) => T | undefined): T | undefined {
  for (let length = keys.length; length > 0; length--) {
    const found = known(keys.slice(0, length).join('.'));
    if (found !== undefined) return found;
  }
  return undefined;
}

function variablesIn(text: string | undefined, { find }: Origins): string[] {
  const used = new Set<string>();
  fillIn(text ?? '', (name) => {
    const { text: found, variable } = find(name);
    if (variable !== undefined) used.add(variable);
    return found;
  });
  return [...used];
}
