import { z } from 'zod';
import { providers } from '../providers/index.ts';
import { no, type Result, yes } from '../result.ts';
import { BakerySettings } from './bakery.ts';
import { type Bound, bind } from './bind.ts';
import { fillIn } from './placeholder.ts';
import type { SettingsProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { member, overlaySetting, type Setting, sameKey, textAt } from './setting.ts';

/** An operator's settings once they are read; `openCatalogue` takes them as they are. */
export interface Settings {
  bakery: BakerySettings;
  /** By provider, enabled ones only. Secrets are in them by name. */
  sections: Readonly<Record<string, unknown>>;
  /** What was written and means nothing here, each once. */
  warnings: readonly SettingsProblem[];
  /** The value of a secret by its dotted path; `undefined` for what is not there, is no secret, or waits for an environment that is not here. */
  secret(name: string): string | undefined;
}

/**
 * Reads settings in the shape of `rosco.yml` with our own section `bakehouse`. Later files win key by key; placeholders are filled from
 * `environment`, else from other settings. Tells all that is wrong at once, each with file, line and path.
 */
export function readSettings(
  files: readonly { name: string; text: string }[],
  environment: Readonly<Record<string, string | undefined>>,
): Result<Settings, readonly SettingsProblem[]> {
  const read = files.map(readYaml);
  const unreadable = read.flatMap((file) => (file.ok ? [] : file.no));
  if (unreadable.length > 0) return no(unreadable);

  const root = read.flatMap((file) => (file.ok ? [file.value] : [])).reduce(overlaySetting, NOTHING_WRITTEN);
  const fill: Fill = (text) => fillIn(text, (name) => fromEnvironment(environment, name) ?? textAt(root, name));
  const shared = bind(withoutMembers(root, SECTIONS), SharedSettings, { path: '', fill });
  const sections = Object.keys(providers).flatMap((name) => readSection(name, root, fill) ?? []);

  const bound: Bound<unknown>[] = [shared, ...sections.map((section) => section.bound)];
  const problems = bound.flatMap((part) => part.problems);
  if (!shared.value || problems.length > 0) return no(problems);

  const secrets = new Map(bound.flatMap((part) => [...part.secrets]));
  return yes({
    bakery: toBakery(shared.value, root),
    sections: Object.fromEntries(sections.map(({ name, bound: { value } }) => [name, value])),
    warnings: bound.flatMap((part) => part.warnings),
    secret: (name) => {
      const filled = fill(secrets.get(name) ?? '');
      return secrets.has(name) && filled.ok ? filled.value : undefined;
    },
  });
}

type Fill = (text: string) => Result<string, string>;

const NOTHING_WRITTEN: Setting = { kind: 'map', entries: new Map(), spot: { file: '', line: 0 } };

const SECTIONS = Object.values(providers).map(({ section }) => section);

/** What is not a provider's: the classic bakery's keys that have a meaning here, and our own. */
const SharedSettings = z.object({
  rosco: z
    .object({
      jobs: z
        .object({ local: z.object({ timeoutMinutes: z.number().int().min(1).max(1440).optional() }).prefault({}) })
        .prefault({}),
    })
    .prefault({}),
  debianRepository: z.string().default(''),
  yumRepository: z.string().default(''),
  chocolateyRepository: z.string().default(''),
  defaultCloudProviderType: z.string().optional(),
  bakeAccount: z.string().optional(),
  netflix: z.object({ account: z.string().optional(), environment: z.string().optional() }).prefault({}),
  services: z.object({ clouddriver: z.object({ baseUrl: z.string().optional() }).prefault({}) }).prefault({}),
  bakehouse: BakerySettings.prefault({}),
});

/** A provider's section; nothing where it is not there or not enabled, and then nothing in it is looked at. */
function readSection(name: string, root: Setting, fill: Fill): { name: string; bound: Bound<unknown> } | undefined {
  const { section, settings } = providers[name] ?? {};
  const found = section === undefined ? undefined : member(root, section);
  const enabled = member(found, 'enabled');
  if (!section || !settings || !found || enabled?.kind !== 'text') return undefined;

  const said = fill(enabled.text);
  if (!said.ok) {
    const problem = { spot: enabled.spot, path: `${section}.enabled`, message: said.no };
    return { name, bound: { value: undefined, problems: [problem], warnings: [], secrets: new Map() } };
  }
  if (['', 'false'].includes(said.value.toLowerCase())) return undefined;
  return { name, bound: bind(withoutMembers(found, ['enabled']), settings, { path: section, fill }) };
}

/** Where both say the same thing, our own section wins over the classic key. */
function toBakery(settings: z.infer<typeof SharedSettings>, root: Setting): BakerySettings {
  const { bakehouse, rosco, defaultCloudProviderType, netflix, services } = settings;
  const ours = member(root, 'bakehouse');
  const minutes = rosco.jobs.local.timeoutMinutes;
  const isLimitOurs = member(member(ours, 'limits'), 'timeoutSeconds') !== undefined;
  return {
    ...bakehouse,
    bakeAccount: member(ours, 'bakeAccount')
      ? bakehouse.bakeAccount
      : settings.bakeAccount || netflix.account || netflix.environment || bakehouse.bakeAccount,
    imageSearchUrl: bakehouse.imageSearchUrl ?? (services.clouddriver.baseUrl || undefined),
    lanes: { default: {}, ...bakehouse.lanes },
    limits:
      minutes === undefined || isLimitOurs ? bakehouse.limits : { ...bakehouse.limits, timeoutSeconds: minutes * 60 },
    repositories: {
      deb: bakehouse.repositories.deb || settings.debianRepository,
      rpm: bakehouse.repositories.rpm || settings.yumRepository,
      nupkg: bakehouse.repositories.nupkg || settings.chocolateyRepository,
    },
    defaultProvider: member(ours, 'defaultProvider')
      ? bakehouse.defaultProvider
      : (defaultCloudProviderType ?? bakehouse.defaultProvider),
  };
}

/** As the classic bakery finds them: `services.redis.baseUrl` may come from `SERVICES_REDIS_BASEURL`. */
function fromEnvironment(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const word = name.replaceAll(/[.-]/g, '_');
  return environment[name] ?? environment[word] ?? environment[word.toUpperCase()];
}

function withoutMembers(setting: Setting, names: readonly string[]): Setting {
  if (setting.kind !== 'map') return setting;
  const kept = [...setting.entries].filter(([key]) => !names.some((name) => sameKey(name, key)));
  return { ...setting, entries: new Map(kept) };
}
