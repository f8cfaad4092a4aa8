import { z } from 'zod';
import { BakerySettings } from './bakery.ts';
import type { SettingsProblem, Spot } from './problem.ts';
import { type Setting, settingAt } from './setting.ts';

/** What is no provider's: our own section, and the keys of the classic bakery that have a meaning here. */
export const SharedSettings = z.object({
  rosco: z
    .object({
      jobs: z
        .object({ local: z.object({ timeoutMinutes: z.number().int().min(1).max(1440).optional() }).prefault({}) })
        .prefault({}),
    })
    .prefault({}),
  packer: z.object({}).prefault({}),
  debianRepository: z.string().default(''),
  yumRepository: z.string().default(''),
  chocolateyRepository: z.string().default(''),
  templatesNeedingRoot: z.union([z.string(), z.array(z.string())]).default(''),
  defaultCloudProviderType: z.string().optional(),
  bakeAccount: z.string().optional(),
  netflix: z.object({ account: z.string().optional(), environment: z.string().optional() }).prefault({}),
  services: z
    .object({
      clouddriver: z
        .object({
          baseUrl: z
            .string()
            .refine(isAddress, 'expected the http or https URL of a service that finds images by name')
            .optional(),
        })
        .prefault({}),
    })
    .prefault({}),
  manifestBakery: z
    .object({
      baseUrl: z.string().refine(isAddress, 'expected the http or https URL of a bakery for manifests').optional(),
    })
    .prefault({}),
  endpoints: z.object({ status: z.object({ enabled: z.boolean().optional() }).prefault({}) }).prefault({}),
  /** Conditions of documents, which are answered when a file is read. */
  spring: z
    .object({
      profiles: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.json())]).optional(),
      config: z.object({ activate: z.record(z.string(), z.json()).optional() }).prefault({}),
    })
    .prefault({}),
  bakehouse: BakerySettings.prefault({}),
});
type SharedSettings = z.infer<typeof SharedSettings>;

/** Our settings once the classic keys are in them, and which of them came from a classic key, by dotted paths. */
export interface Merged {
  bakery: BakerySettings;
  classic: ReadonlyMap<string, string>;
}

/** Lets each classic key say its setting of ours. Where both are written the later file has the word, within one file our own key. */
export function mergeClassicKeys(
  settings: SharedSettings,
  { root, files }: { root: Setting; files: readonly string[] },
): Merged {
  const classic = new Map<string, string>();
  const age = (path: string): number => ageOf(settingAt(root, path)?.spot, files);
  let tree: object = { ...settings.bakehouse };
  for (const { key, ours, value } of CLASSIC_KEYS) {
    const said = value(settings);
    if (said === undefined || said === '' || age(key) <= age(`bakehouse.${ours}`)) continue;
    tree = withMember(tree, ours.split('.'), said);
    classic.set(`bakehouse.${ours}`, key);
  }
  const bakery = BakerySettings.parse(tree);
  return { bakery: { ...bakery, lanes: { default: {}, ...bakery.lanes } }, classic };
}

/** What is written in a way that a classic bakery passes over, too. */
export function oddities(root: Setting): readonly SettingsProblem[] {
  return ODD.flatMap(({ path, kind, message }) => {
    const found = settingAt(root, path);
    return found?.kind === kind ? [{ spot: found.spot, path, message }] : [];
  });
}

const ODD: readonly { path: string; kind: Setting['kind']; message: string }[] = [
  {
    path: 'templatesNeedingRoot',
    kind: 'list',
    message: 'is a list, which a classic bakery does not read, so nothing is; write one text: first.json,second.json',
  },
  {
    path: 'spring.profiles',
    kind: 'map',
    message:
      'not needed here: the profiles whose documents count are those of SPRING_PROFILES_ACTIVE, else test and local',
  },
];

interface ClassicKey {
  key: string;
  ours: string;
  value: (settings: SharedSettings) => string | number | boolean | readonly string[] | undefined;
}

/** Of several keys for the same thing the last one wins. */
const CLASSIC_KEYS: readonly ClassicKey[] = [
  {
    key: 'rosco.jobs.local.timeoutMinutes',
    ours: 'limits.timeoutSeconds',
    value: ({ rosco }) => rosco.jobs.local.timeoutMinutes && rosco.jobs.local.timeoutMinutes * 60,
  },
  { key: 'debianRepository', ours: 'repositories.deb', value: ({ debianRepository }) => debianRepository },
  { key: 'yumRepository', ours: 'repositories.rpm', value: ({ yumRepository }) => yumRepository },
  {
    key: 'chocolateyRepository',
    ours: 'repositories.nupkg',
    value: ({ chocolateyRepository }) => chocolateyRepository,
  },
  {
    key: 'templatesNeedingRoot',
    ours: 'templatesNeedingRoot',
    value: ({ templatesNeedingRoot }) => wordsOf(templatesNeedingRoot),
  },
  {
    key: 'defaultCloudProviderType',
    ours: 'defaultProvider',
    value: ({ defaultCloudProviderType }) => defaultCloudProviderType,
  },
  { key: 'netflix.environment', ours: 'bakeAccount', value: ({ netflix }) => netflix.environment },
  { key: 'netflix.account', ours: 'bakeAccount', value: ({ netflix }) => netflix.account },
  { key: 'bakeAccount', ours: 'bakeAccount', value: ({ bakeAccount }) => bakeAccount },
  {
    key: 'services.clouddriver.baseUrl',
    ours: 'imageSearchUrl',
    value: ({ services }) => services.clouddriver.baseUrl,
  },
  { key: 'manifestBakery.baseUrl', ours: 'manifestBakeryUrl', value: ({ manifestBakery }) => manifestBakery.baseUrl },
  { key: 'endpoints.status.enabled', ours: 'statusCalls', value: ({ endpoints }) => endpoints.status.enabled },
];

const wordsOf = (text: string | readonly string[]): string[] =>
  typeof text === 'string'
    ? text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '')
    : [];

/** Later files have higher numbers, the environment the highest; what is not written has the lowest. */
function ageOf(spot: Spot | undefined, files: readonly string[]): number {
  if (spot === undefined) return -1;
  return 'file' in spot ? files.lastIndexOf(spot.file) : files.length;
}

function withMember(tree: object, [key = '', ...inner]: readonly string[], value: unknown): object {
  if (inner.length === 0) return { ...tree, [key]: value };
  const before: unknown = Reflect.get(tree, key);
  return { ...tree, [key]: withMember(before instanceof Object ? before : {}, inner, value) };
}

function isAddress(text: string): boolean {
  if (text === '') return true;
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
