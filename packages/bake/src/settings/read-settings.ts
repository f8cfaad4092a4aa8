import { z } from 'zod';
import { providers } from '../providers/index.ts';
import { no, type Result, yes } from '../result.ts';
import { BakerySettings } from './bakery.ts';
import { type Bound, bind } from './bind.ts';
import { type EffectiveSetting, effectiveSettings } from './effective.ts';
import { fromEnvironment, type Variables } from './from-environment.ts';
import { fillIn } from './placeholder.ts';
import type { SettingsProblem } from './problem.ts';
import { activeProfiles } from './profiles.ts';
import { readYaml } from './read-yaml.ts';
import { readSection, sectionSchema } from './section.ts';
import { member, overlaySetting, type Setting, sameKey, textAt } from './setting.ts';
import { mergeClassicKeys, oddities, SharedSettings } from './shared.ts';

/** An operator's settings once they are read; `openCatalogue` takes them as they are. */
export interface Settings {
  bakery: BakerySettings;
  /** By provider, enabled ones only. Secrets are in them by name. */
  sections: Readonly<Record<string, unknown>>;
  /** What was written and means nothing here, each once. */
  warnings: readonly SettingsProblem[];
  /** The value of a secret by its dotted path; `undefined` for what is not there, is no secret, or waits for an environment that is not here. */
  secret(name: string): string | undefined;
  /** All that counts, with where it comes from, and nothing that is a secret. */
  effective(): readonly EffectiveSetting[];
}

interface SettingsFile {
  name: string;
  text: string;
}

/**
 * Reads settings in the shape of `rosco.yml` with our own section `bakehouse`. Later files win key by key, and `environment` over all of
 * them; placeholders are filled from it, else from other settings. Tells all that is wrong at once, each with file, line and path.
 */
export function readSettings(
  files: readonly SettingsFile[],
  environment: Variables,
): Result<Settings, readonly SettingsProblem[]> {
  const { settings, problems } = checkSettings(files, environment);
  return settings ? yes(settings) : no(problems);
}

/** The same, with what is odd told even where something is wrong; `settings` are there if there are no problems. */
export function checkSettings(
  files: readonly SettingsFile[],
  environment: Variables,
): { settings: Settings | undefined; problems: readonly SettingsProblem[]; warnings: readonly SettingsProblem[] } {
  const read = files.map((file) => readYaml(file, activeProfiles(environment)));
  const unreadable = read.flatMap((file) => (file.ok ? [] : file.no));
  if (unreadable.length > 0) return { settings: undefined, problems: unreadable, warnings: [] };

  const written = [...read.flatMap((file) => (file.ok ? [file.value] : [])), fromEnvironment(SCHEMAS, environment)];
  const root = written.reduce(overlaySetting, NOTHING_WRITTEN);
  const lent = new Set<string>();
  const find = (name: string) => {
    const said = inEnvironment(environment, name)?.value;
    if (said !== undefined) return said;
    const text = textAt(root, name);
    if (text !== undefined) lent.add(name);
    return text;
  };
  const fill = (text: string) => fillIn(text, find);

  const shared = bind(withoutMembers(root, SECTIONS), Shared, { path: '', fill });
  const sections = Object.entries(providers).flatMap(([name, provider]) => {
    const bound = readSection(provider, { root, fill });
    return bound ? [{ name, section: provider.section, bound }] : [];
  });

  const bound: Bound<unknown>[] = [shared, ...sections.map((section) => section.bound)];
  const inOrder = byPlace(files.map(({ name }) => name));
  const problems = bound.flatMap((part) => part.problems).toSorted(inOrder);
  const ignored = bound
    .flatMap((part) => part.warnings)
    .filter(({ path }) => ![...lent].some((name) => isIn(name, path)));
  const warnings = [...ignored, ...oddities(root)].toSorted(inOrder);
  if (!shared.value || problems.length > 0) return { settings: undefined, problems, warnings };

  const { bakery, classic } = mergeClassicKeys(shared.value, { root, files: files.map(({ name }) => name) });
  const secrets = new Map(bound.flatMap((part) => [...part.secrets]));
  const settings: Settings = {
    bakery,
    sections: Object.fromEntries(sections.map(({ name, bound: { value } }) => [name, value])),
    warnings,
    secret: (name) => {
      const filled = fill(secrets.get(name) ?? '');
      return secrets.has(name) && filled.ok ? filled.value : undefined;
    },
    effective: () =>
      effectiveSettings(
        { bakehouse: bakery, ...treeOf(sections, root) },
        {
          secrets,
          classic,
          spots: new Map([...spotsOfSwitches(root), ...bound.flatMap((part) => [...part.spots])]),
          texts: new Map(bound.flatMap((part) => [...part.texts])),
          find: (name) => ({ text: find(name), variable: inEnvironment(environment, name)?.name }),
        },
      ),
  };
  return { settings, problems, warnings };
}

/** As someone who reads the files from first to last meets them. */
function byPlace(files: readonly string[]) {
  const place = ({ spot }: SettingsProblem): number =>
    spot && 'file' in spot ? files.lastIndexOf(spot.file) * MOST_LINES + spot.line : Number.MAX_SAFE_INTEGER;
  return (one: SettingsProblem, other: SettingsProblem): number => place(one) - place(other);
}

const MOST_LINES = 2 ** 32;

interface ReadSection {
  section: string;
  bound: Bound<unknown>;
}

/** The sections as an operator would write them; of one that is off, that it is. */
function treeOf(sections: readonly ReadSection[], root: Setting): Record<string, object> {
  const off = SECTIONS.filter((section) => member(member(root, section), 'enabled'));
  return Object.fromEntries([
    ...sections.map(({ section, bound: { value } }) => [section, { enabled: true, ...(value as object) }] as const),
    ...off
      .filter((name) => !sections.some(({ section }) => section === name))
      .map((section) => [section, { enabled: false }] as const),
  ]);
}

const spotsOfSwitches = (root: Setting) =>
  SECTIONS.flatMap((section) => {
    const spot = member(member(root, section), 'enabled')?.spot;
    return spot ? [[`${section}.enabled`, spot] as const] : [];
  });

const NOTHING_WRITTEN: Setting = { kind: 'map', entries: new Map(), spot: { file: '', line: 0 } };

const SECTIONS = Object.values(providers).map(({ section }) => section);

const ProviderName = z.enum(Object.keys(providers));

/** What is no provider's, with the providers that it may name. */
const Shared = SharedSettings.extend({
  defaultCloudProviderType: ProviderName.optional(),
  bakehouse: BakerySettings.extend({ defaultProvider: ProviderName.default('aws') }).prefault({}),
});

const SCHEMAS = new Map([
  ['', Shared],
  ...Object.values(providers).map((provider) => [provider.section, sectionSchema(provider)] as const),
]);

/** A key that only lends its text to others is no setting, and changes something all the same. */
const isIn = (name: string, path: string): boolean => {
  const keys = name.split('.');
  return path.split('.').every((word, index) => sameKey(word, keys[index] ?? ''));
};

/** As the classic bakery finds them: `services.redis.baseUrl` may come from `SERVICES_REDIS_BASEURL`. */
function inEnvironment(environment: Variables, placeholder: string): { name: string; value: string } | undefined {
  const word = placeholder.replaceAll(/[.-]/g, '_');
  for (const name of [placeholder, word, word.toUpperCase()]) {
    const value = environment[name];
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

function withoutMembers(setting: Setting, names: readonly string[]): Setting {
  if (setting.kind !== 'map') return setting;
  const kept = [...setting.entries].filter(([key]) => !names.some((name) => sameKey(name, key)));
  return { ...setting, entries: new Map(kept) };
}
