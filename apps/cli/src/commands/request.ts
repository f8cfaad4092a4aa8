import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { no, type Result, yes } from '@bakehouse/bake';
import type { Trouble } from '../trouble.ts';

/** The flags of `bake` and `plan` that say what to bake. */
export interface RequestFlags {
  provider?: string;
  region?: string;
  base?: string;
  package?: string[];
  artifact?: string[];
  allowMissing?: true;
  template?: string;
  varFile?: string;
  var?: Record<string, unknown>;
  sourceImage?: string;
  imageName?: string;
  imageSuffix?: string;
  account?: string;
  option?: Record<string, unknown>;
  label?: Record<string, unknown>;
  priority?: number;
  lane?: string;
  file?: string;
}

/** The request a user means: the file's, with the flags over it member by member. Whether it is a good one is for the api to say. */
export async function readRequest(flags: RequestFlags): Promise<Result<Record<string, unknown>, Trouble>> {
  const filed = flags.file === undefined ? yes({}) : await readRequestFile(flags.file);
  if (!filed.ok) return filed;
  const { package: packages, artifact: artifacts, var: variables, option: options, label: labels, ...rest } = flags;
  const merged = {
    ...filed.value,
    ...pick(rest),
    ...(packages && { packages }),
    ...mergedInto(filed.value, { variables, options, labels, ci: artifacts && { artifacts } }),
  };
  return yes(merged);
}

const WORDS = [
  'provider',
  'region',
  'base',
  'template',
  'varFile',
  'sourceImage',
  'imageName',
  'imageSuffix',
  'account',
  'priority',
  'lane',
  'allowMissing',
] as const;

/** Commander hands over the flags of the whole program; only these are members of a request. */
function pick(flags: RequestFlags): Record<string, unknown> {
  return Object.fromEntries(WORDS.filter((word) => flags[word] !== undefined).map((word) => [word, flags[word]]));
}

function mergedInto(
  filed: Record<string, unknown>,
  records: Record<string, Record<string, unknown> | undefined>,
): Record<string, unknown> {
  const given = Object.entries(records).filter(([, record]) => record !== undefined);
  return Object.fromEntries(given.map(([name, record]) => [name, { ...objectOr(filed[name]), ...record }]));
}

const objectOr = (value: unknown): object => (value !== null && typeof value === 'object' ? value : {});

async function readRequestFile(file: string): Promise<Result<Record<string, unknown>, Trouble>> {
  const what = file === '-' ? '--file - (standard input)' : `--file ${file}`;
  try {
    const json: unknown = JSON.parse(file === '-' ? await text(process.stdin) : await readFile(file, 'utf8'));
    if (json === null || typeof json !== 'object' || Array.isArray(json)) {
      return no({
        kind: 'unusable-input',
        what,
        why: 'holds no JSON object; a request is {"provider": …, "region": …, "base": …}',
      });
    }
    return yes({ ...json });
  } catch (cause) {
    return no({ kind: 'unusable-input', what, why: cause instanceof Error ? cause.message : String(cause) });
  }
}
