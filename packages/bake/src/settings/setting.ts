import type { Spot } from './problem.ts';

/** A setting as it was written: text is still text, so that a schema may say whether `12.10` is a version or a number. */
export type Setting = { spot: Spot } & (
  | { kind: 'nothing' }
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: readonly Setting[] }
  | { kind: 'map'; entries: ReadonlyMap<string, Setting> }
);

/** Keys are the same whatever their case, dashes and underscores: `config-dir` is `configDir`. */
export const sameKey = (one: string, other: string): boolean => bare(one) === bare(other);

/** Finds a member by its name, spelled exactly if there is one, else in any spelling. */
export function member(setting: Setting | undefined, key: string): Setting | undefined {
  if (setting?.kind !== 'map') return undefined;
  return setting.entries.get(key) ?? [...setting.entries].find(([name]) => sameKey(name, key))?.[1];
}

/** The text at a dotted path; `undefined` where there is none. */
export function textAt(root: Setting, path: string): string | undefined {
  const found = path.split('.').reduce<Setting | undefined>(member, root);
  return found?.kind === 'text' ? found.text : undefined;
}

/** The later one wins key by key, however the keys are spelled; texts and lists are replaced whole. */
export function overlaySetting(earlier: Setting, later: Setting): Setting {
  if (later.kind === 'nothing') return earlier;
  if (earlier.kind !== 'map' || later.kind !== 'map') return later;
  const entries = new Map(earlier.entries);
  for (const [key, setting] of later.entries) {
    const known = entries.has(key) ? key : [...entries.keys()].find((name) => sameKey(name, key));
    const before = known === undefined ? undefined : entries.get(known);
    entries.set(known ?? key, before ? overlaySetting(before, setting) : setting);
  }
  return { ...later, entries };
}

const bare = (key: string): string => key.replaceAll(/[-_]/g, '').toLowerCase();
