import path from 'node:path';
import { z } from 'zod';

/** What the repository ships, found from this file: settings and templates stand beside `apps/`. */
const shipped = (name: string) => path.resolve(import.meta.dirname, '../../..', name);

const list = z.string().transform((text) =>
  text
    .split(':')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((name) => path.resolve(name)),
);

/** Every variable of the environment that the api reads, with its default. The README's table is checked against it. */
export const ApiEnvironment = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8087).describe('Port to listen on; 0 for any free one.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .default('redis://127.0.0.1:6379')
    .describe('The queue.'),
  BAKEHOUSE_SETTINGS: list
    .prefault('')
    .describe('YAML files, `:`-separated, over the shipped `settings/bakehouse.yml`; later wins per key.')
    .transform((files) => [shipped('settings/bakehouse.yml'), ...files]),
  BAKEHOUSE_TEMPLATES: list
    .prefault('')
    .describe('Template directories, `:`-separated, over the shipped `packer/`; later wins per file.')
    .transform((overlays) => [shipped('packer'), ...overlays]),
  BAKEHOUSE_SEALING_KEY: z
    .string()
    .optional()
    .describe('Key that secrets of requests are sealed with: 32 bytes as hex or base64; api and workers share it.'),
  BAKEHOUSE_SEALING_KEY_FILE: z.string().optional().describe('File that holds that key.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Of the api’s own log.'),
});

export type ApiConfig = z.infer<typeof ApiEnvironment>;

/** Reads the api's environment, where an empty variable is an absent one; throws with one line per variable that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): ApiConfig {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = ApiEnvironment.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path: [name], message }) => `  ${String(name)}: ${message}`);
  throw new Error(`the api cannot start with this environment:\n${lines.join('\n')}`);
}
