import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const list = (separator: string) =>
  z.string().transform((text) =>
    text
      .split(separator)
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  );
const seconds = (fallback: number) =>
  z.coerce
    .number()
    .positive()
    .default(fallback)
    .transform((value) => value * 1000);
const directory = (fallback: string) =>
  z
    .string()
    .min(1)
    .default(fallback)
    .transform((name) => path.resolve(name));

/** Every variable of the environment that a worker reads, with its default. The README's table is checked against it. */
export const WorkerEnvironment = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address that metrics and health listen on.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .default('redis://127.0.0.1:6379')
    .describe('The queue.'),
  BAKEHOUSE_SETTINGS: list(':')
    .prefault('')
    .describe(
      'YAML files, `:`-separated, over the shipped one, later wins per key; a worker reads its secrets from them.',
    )
    .transform((files) => [path.resolve(import.meta.dirname, '../../../settings/bakehouse.yml'), ...files]),
  BAKEHOUSE_SLOTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(Math.max(2, availableParallelism()))
    .describe('Bakes at once.'),
  BAKEHOUSE_LANES: list(',').prefault('default').describe('Lanes to serve, `,`-separated.'),
  BAKEHOUSE_WORKER_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8088)
    .describe('Port of metrics and health; 0 for any free one.'),
  BAKEHOUSE_IMAGES: directory('.bakehouse/images').describe('Where the local provider puts images.'),
  BAKEHOUSE_CACHE: directory('.bakehouse/cache').describe('What outlives bakes: base trees and the like.'),
  BAKEHOUSE_STAGES: directory(path.join(tmpdir(), 'bakehouse')).describe(
    'Where bakes are laid out while they run; a short path.',
  ),
  BAKEHOUSE_DRAIN_SECONDS: seconds(1800).describe('How long the first SIGTERM waits for the bakes in hand.'),
  BAKEHOUSE_LOCK_SECONDS: seconds(60).describe('A worker silent for longer has lost its bakes to another.'),
  BAKEHOUSE_PASS_ENV: list(',')
    .prefault('')
    .describe('Names of further environment variables that Packer may see, `,`-separated.'),
  BAKEHOUSE_ROOT_TEMPLATES: list(',')
    .prefault('')
    .describe('Templates that this worker builds as root, by file name, `,`-separated.'),
  BAKEHOUSE_SECRETS_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('Directory with a file per secret, named as in the settings.'),
  BAKEHOUSE_SEALING_KEY: z
    .string()
    .optional()
    .describe('Key that secrets of requests are sealed with: 32 bytes as hex or base64; api and workers share it.'),
  BAKEHOUSE_SEALING_KEY_FILE: z.string().optional().describe('File that holds that key.'),
  PACKER_BIN: z.string().min(1).default('packer').describe('The Packer to run.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Of the worker’s own log.'),
});
export type WorkerConfig = z.infer<typeof WorkerEnvironment>;

/** Reads the worker's environment; throws with one line per variable that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = WorkerEnvironment.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path: [name], message }) => `  ${String(name)}: ${message}`);
  throw new Error(`the worker cannot start with this environment:\n${lines.join('\n')}`);
}
