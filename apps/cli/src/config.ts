import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import { z } from 'zod';
import type { Trouble } from './trouble.ts';

/** The settings that a bakery's own lie over: they stand beside `apps/`, or beside the bundled program. */
export const SHIPPED_SETTINGS = path.resolve(import.meta.dirname, '../../../settings/bakehouse.yml');

const port = z.coerce.number().int().min(0).max(65_535);

/** What `bakehouse up` reads of the environment for itself and the programs it starts. The README's table is checked against it. */
export const StackEnvironment = z.object({
  HOST: z.string().default('127.0.0.1').describe('address that the api and the workers’ metrics listen on'),
  PORT: port.default(8087).describe('port of the api; 0 for any free one'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' })
    .optional()
    .describe('Redis to use, instead of a private redis-server'),
  BAKEHOUSE_SETTINGS: z.string().optional().describe('YAML files, `:`-separated, later wins per key'),
  BAKEHOUSE_TEMPLATES: z.string().optional().describe('overlay directories, `:`-separated, over the shipped packer/'),
  BAKEHOUSE_SLOTS: z.coerce.number().int().min(1).max(256).optional().describe('bakes at once per worker'),
  BAKEHOUSE_LANES: z.string().optional().describe('lanes that the workers serve, `,`-separated'),
  BAKEHOUSE_WORKER_PORT: port
    .optional()
    .describe('port of the first worker’s metrics, the next ones count up; 8088 if not set, or a free one'),
  BAKEHOUSE_IMAGES: z.string().default('.bakehouse/images').describe('where the local provider puts images'),
  BAKEHOUSE_CACHE: z.string().default('.bakehouse/cache').describe('what outlives bakes: base trees and the like'),
  PACKER_BIN: z.string().optional().describe('the Packer to run'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).optional().describe('of api and workers'),
});
export type StackConfig = z.infer<typeof StackEnvironment>;
export type StackVariable = keyof StackConfig;

/** The flag of `bakehouse up` that says the same as a variable, and wins over it. */
export const FLAG_OF: Readonly<Record<StackVariable, string>> = {
  HOST: '--host',
  PORT: '--port',
  REDIS_URL: '--redis-url',
  BAKEHOUSE_SETTINGS: '--settings',
  BAKEHOUSE_TEMPLATES: '--templates',
  BAKEHOUSE_SLOTS: '--slots',
  BAKEHOUSE_LANES: '--lanes',
  BAKEHOUSE_WORKER_PORT: '--worker-port',
  BAKEHOUSE_IMAGES: '--images',
  BAKEHOUSE_CACHE: '--cache',
  PACKER_BIN: '--packer',
  LOG_LEVEL: '--log-level',
};

/** What every command may use of the environment. */
export interface Environment {
  /** Where the api is when `--url` does not say. */
  url: string;
  /** NO_COLOR is set to something. */
  plain: boolean;
  /** All of it, for the programs that `up` starts. */
  variables: Readonly<Record<string, string>>;
  /** The same with what is set to nothing: in a settings file that may mean something. */
  asItIs: Readonly<Record<string, string | undefined>>;
}

/** Reads the environment; an empty variable counts as absent. */
export function readEnvironment(environment: NodeJS.ProcessEnv): Environment {
  const present = Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]);
  const variables = Object.fromEntries(present);
  return {
    url: variables['BAKEHOUSE_URL'] ?? 'http://127.0.0.1:8087',
    plain: variables['NO_COLOR'] !== undefined,
    variables,
    asItIs: environment,
  };
}

/** The environment with the flags over it, checked; a "no" names each variable that is wrong and its flag. */
export function readStackConfig(
  flags: Partial<Record<StackVariable, string>>,
  { variables }: Environment,
): Result<StackConfig, Trouble> {
  const parsed = StackEnvironment.safeParse({ ...variables, ...flags });
  if (parsed.success) return yes(parsed.data);
  const lines = parsed.error.issues.map(({ path: [name], message }) => {
    const variable = String(name) as StackVariable;
    return `  ${FLAG_OF[variable]} (${variable}): ${message}`;
  });
  return no({ kind: 'unusable-input', what: 'settings', why: `these cannot be used\n${lines.join('\n')}` });
}
