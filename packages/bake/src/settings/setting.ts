import type { Spot } from './problem.ts';

/** A setting as it was written: text is still text, so that a schema may say whether `12.10` is a version or a number. */
export type Setting = { spot: Spot } & (
  | { kind: 'nothing' }
  /** `isPlain`: without quotes, where YAML lets `no` and `off` mean false. */
  | { kind: 'text'; text: string; isPlain?: true }
  | { kind: 'list'; items: readonly Setting[] }
  | { kind: 'map'; entries: ReadonlyMap<string, Setting> }
);

/** Keys are the same whatever their case and whatever stands between letters and digits: `config-dir` is `configDir`. */
export const sameKey = (one: string, other: string): boolean => bare(one) === bare(other);

/** Finds a member by its name, spelled exactly if there is one, else in any spelling. */
export function member(setting: Setting | undefined, key: string): Setting | undefined {
  if (setting?.kind !== 'map') return undefined;
  return setting.entries.get(key) ?? [...setting.entries].find(([name]) => sameKey(name, key))?.[1];
}

/** The setting at a dotted path; `undefined` where there is none. */
export const settingAt = (root: Setting, path: string): Setting | undefined =>
  path.split('.').reduce<Setting | undefined>(member, root);

/** The text at a dotted path; `undefined` where there is none. */
export function textAt(root: Setting, path: string): string | undefined {
  const found = settingAt(root, path);
  return found?.kind === 'text' ? found.text : undefined;
}

/** A map in which `setting` stands at a dotted path. */
export const nest = (path: string, setting: Setting): Setting =>
  path
    .split('.')
    .reduceRight<Setting>(
      (inside, name) => ({ kind: 'map', spot: setting.spot, entries: new Map([[name, inside]]) }),
      setting,
    );

/** The later one wins key by key, however the keys are spelled; texts and lists are replaced whole, and nothing takes no map away. */
export function overlaySetting(earlier: Setting, later: Setting): Setting {
  if (earlier.kind === 'map' && saysNothing(later)) return earlier;
  if (earlier.kind !== 'map' || later.kind !== 'map') return later;
  const entries = new Map(earlier.entries);
  const said = new Set<string>();
  for (const [key, setting] of later.entries) {
    const known = entries.has(key) ? key : [...entries.keys()].find((name) => sameKey(name, key));
    // Two spellings in one file stay two, so that whoever reads them can say so.
    const into = known === undefined || said.has(known) ? key : known;
    const before = entries.get(into);
    entries.set(into, before ? overlaySetting(before, setting) : setting);
    said.add(into);
  }
  return { ...later, entries };
}

/** A key without a value, or with empty text. */
export const saysNothing = (setting: Setting): boolean =>
  setting.kind === 'nothing' || (setting.kind === 'text' && setting.text === '');

/** A key of signs alone is itself. */
const bare = (key: string): string => key.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase() || key;
