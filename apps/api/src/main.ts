import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { explainSettingsProblem, maskedSettings, openCatalogue, readSettings, type Settings } from '@bakehouse/bake';
import { openQueue } from '@bakehouse/queue';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { openImageSearch } from './find-images.ts';
import { openMeters } from './meters.ts';
import { openSealingKey } from './sealing-key.ts';
import { buildServer } from './server.ts';
import { openTemplates } from './templates.ts';

/** The api as a process: reads its configuration, serves until it is told to stop, and lets go of what it holds. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.LOG_LEVEL, base: { app: 'api' } });
  const settings = await readSettingsFiles(config.BAKEHOUSE_SETTINGS);
  for (const warning of settings.warnings)
    log.warn({ setting: explainSettingsProblem(warning) }, 'a setting changes nothing');
  const sealing = await openSealingKey(config);
  if (!sealing) {
    log.info(NO_KEY);
    for (const masked of maskedSettings(settings))
      log.warn({ setting: explainSettingsProblem(masked) }, 'a masked setting wants a sealing key');
  }

  const templates = await openTemplates(config.BAKEHOUSE_TEMPLATES, {
    nowMs: () => performance.now(),
    onSkip: (skipped) => log.warn(skipped, 'no bake can have this file'),
    onTrouble: (err) => log.error({ err }, 'the templates cannot be read again; those read before are served'),
  });
  const catalogue = openCatalogue(settings);
  const meters = openMeters();
  const queue = await openQueue({
    redisUrl: config.REDIS_URL,
    settings: settings.bakery,
    onTrouble: (err: Error) => log.warn({ err }, 'trouble with redis'),
    onEnd: meters.ended,
  });
  const { imageSearchUrl } = settings.bakery;
  const server = buildServer({
    catalogue,
    findImages: imageSearchUrl === undefined ? undefined : openImageSearch(imageSearchUrl),
    queue,
    templates: templates.tree,
    sealing,
    newNonce: () => randomBytes(12),
    meters,
    log,
    instance: `${randomUUID()}@${hostname()}`,
    now: () => new Date(),
    newId: randomUUID,
  });

  try {
    const url = await server.listen({ host: config.HOST, port: config.PORT });
    log.info({ url, docs: `${url}/docs`, dashboard: `${url}/admin/queues`, metrics: `${url}/metrics` }, 'listening');
  } catch (cause) {
    await queue.close();
    throw new Error(`the api cannot listen on ${config.HOST}:${config.PORT}; set HOST and PORT to a free one`, {
      cause,
    });
  }
  await toldToStop();
  log.info('stopping: no new calls are taken, those in hand are finished');
  const impatient = setTimeout(() => server.server.closeAllConnections(), FINISH_WITHIN_MS);
  await server.close();
  clearTimeout(impatient);
  await queue.close();
}

const NO_KEY =
  'no sealing key (BAKEHOUSE_SEALING_KEY_FILE): requests that bring secrets are refused, and those of classic calls are kept as they are';

/** Whoever has not finished a call by then is cut off. */
const FINISH_WITHIN_MS = 10_000;

async function readSettingsFiles(names: readonly string[]): Promise<Settings> {
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(name, 'utf8').catch((cause: unknown) => {
        throw new Error(`settings file ${name} cannot be read; BAKEHOUSE_SETTINGS names it`, { cause });
      });
      return { name, text };
    }),
  );
  const read = readSettings(files, process.env);
  if (read.ok) return read.value;
  throw new Error(
    `the settings cannot be used:\n${read.no.map((what) => `  ${explainSettingsProblem(what)}`).join('\n')}`,
  );
}

/** npm passes on a signal that came to all of its group: within this time two are one. */
const SAME_SIGNAL_MS = 500;

/** A second signal ends the process at once, as it would without us. */
const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = () => {
      resolve();
      setTimeout(heedNoMore, SAME_SIGNAL_MS).unref();
    };
    const heedNoMore = () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });

function reasonsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

await main().catch((error: unknown) => {
  process.stderr.write(`bakehouse api: ${reasonsOf(error)}\n`);
  process.exitCode = 1;
});
