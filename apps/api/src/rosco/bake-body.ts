import { providers } from '@bakehouse/bake';
import { z } from 'zod';

/** Text, as the classic bakery's reader takes it: numbers and switches are written out, and blanks stay. */
const Text = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? undefined : String(value)));

/** Yes or no: the words themselves, any whole number (0 is no), and empty text for nothing. */
const Switch = z
  .union([
    z.boolean(),
    z.int().transform((value) => value !== 0),
    z
      .string()
      .trim()
      .pipe(z.enum(['true', 'false', ''])),
  ])
  .nullish()
  .transform((value) => (typeof value === 'string' ? SWITCHES[value] : (value ?? undefined)));

const SWITCHES: Readonly<Record<string, boolean | undefined>> = { true: true, false: false };

/** One of some words, in exactly that case; its place among them will do, as a number or as digits. */
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z
    .union([z.string().trim(), z.int()])
    .nullish()
    .transform((value, context): Words[number] | undefined => {
      if (value === null || value === undefined) return undefined;
      const word = /^\d+$/.test(String(value)) ? words[Number(value)] : words.find((known) => known === value);
      if (word === undefined) context.addIssue({ code: 'custom', message: `is none of ${words.join(', ')}` });
      return word;
    })
    .describe(`One of ${words.map((word) => `\`${word}\``).join(', ')}; or its place among them, from 0.`);

/** The classic bakery's providers, in whose places pipelines may ask for them. */
const CLASSIC_PROVIDERS: readonly [string, ...string[]] = [
  'alicloud',
  'aws',
  'azure',
  'docker',
  'gce',
  'huaweicloud',
  'oracle',
  'tencentcloud',
];

/** All providers; ours come after the classic ones, which so keep their numbers. */
export const PROVIDER_WORDS: readonly [string, ...string[]] = [
  ...CLASSIC_PROVIDERS,
  ...Object.keys(providers).filter((name) => !CLASSIC_PROVIDERS.includes(name)),
];

/** Text of an artifact, which is kept as it is. */
const ArtifactText = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? value : String(value)));

const ARTIFACT_MEMBERS = {
  type: ArtifactText.optional(),
  customKind: Switch.optional(),
  name: ArtifactText.optional(),
  version: ArtifactText.optional(),
  location: ArtifactText.optional(),
  reference: ArtifactText.optional(),
  artifactAccount: ArtifactText.optional(),
  provenance: ArtifactText.optional(),
  uuid: ArtifactText.optional(),
};

/** What an artifact brings beside what every one has goes into its `metadata`, as the classic bakery's reader does it; its old `kind` is dropped. */
const ClassicArtifact = z
  .looseObject({ ...ARTIFACT_MEMBERS, metadata: z.record(z.string(), z.unknown()).nullish() })
  .transform(({ kind: _kind, metadata, ...members }) => {
    const entries = Object.entries(members);
    const known = entries.filter(([name]) => Object.hasOwn(ARTIFACT_MEMBERS, name));
    const others = entries.filter(([name]) => !Object.hasOwn(ARTIFACT_MEMBERS, name));
    const beside = { ...metadata, ...Object.fromEntries(others) };
    return { ...Object.fromEntries(known), ...(Object.keys(beside).length > 0 && { metadata: beside }) };
  });

/** The classic bake request. Members that are not here are ignored: pipelines send their whole stage. */
export const ClassicBody = z.object({
  package: Text.describe('Packages, separated by blanks.'),
  package_artifacts: z.array(ClassicArtifact).nullish(),
  build_host: Text,
  job: Text,
  build_number: Text,
  commit_hash: Text,
  build_info_url: Text,
  cloud_provider_type: oneOf(PROVIDER_WORDS),
  base_label: oneOf(['release', 'candidate', 'previous', 'unstable', 'foundation']),
  base_os: Text,
  base_name: Text,
  base_ami: Text,
  vm_type: oneOf(['pv', 'hvm']),
  store_type: oneOf(['ebs', 's3', 'docker']),
  enhanced_networking: Switch,
  ami_name: Text,
  ami_suffix: Text,
  upgrade: Switch,
  instance_type: Text,
  organization: Text,
  template_file_name: Text,
  var_file_name: Text,
  extended_attributes: z.record(z.string(), z.unknown()).nullish(),
  account_name: Text,
  publisher: Text,
  offer: Text,
  sku: Text,
  custom_managed_image_name: Text,
  os_type: oneOf(['linux', 'windows']),
  package_type: oneOf(['RPM', 'DEB', 'NUPKG']),
  user: Text,
  spinnaker_execution_id: Text,
  request_id: Text,
});
export type ClassicBody = z.infer<typeof ClassicBody>;

/** What a body says: blanks around text mean nothing, and neither does text of nothing but blanks, except where an empty one is an answer. */
export function meaningOf(body: ClassicBody): ClassicBody {
  const said = Object.entries(body).map(([name, value]) =>
    typeof value === 'string' && !EMPTY_COUNTS.includes(name) ? [name, value.trim() || undefined] : [name, value],
  );
  return Object.fromEntries(said) as ClassicBody;
}

const EMPTY_COUNTS: readonly string[] = ['base_os', 'base_name', 'offer', 'sku'] satisfies (keyof ClassicBody)[];
