import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { explainSettingsProblem, readSettings } from '@bakehouse/bake';
import { allowedEnvironment, findPacker, rememberValid } from '@bakehouse/packer';
import { consumeBakes } from '@bakehouse/queue';
import { pino } from 'pino';
import { bake } from './bake.ts';
import { readConfig, type WorkerConfig } from './config.ts';
import { type Drain, drainOnSignals } from './drain.ts';
import { listen } from './health.ts';
import { openMeters } from './meters.ts';
import { openSealingKey } from './sealing-key.ts';
import { keepTidy } from './tidy.ts';
import { watched } from './watched.ts';

try {
  await start(readConfig(process.env));
} catch (error) {
  process.stderr.write(`bakehouse worker: ${reasonsOf(error)}\n`);
  process.exit(1);
}

async function start(config: WorkerConfig): Promise<void> {
  const log = pino({ level: config.LOG_LEVEL, name: 'worker' });
  const packer = await findPacker(config.PACKER_BIN, allowedEnvironment(process.env, []));
  if (!packer.ok) throw new Error(packer.no);
  log.info(
    { packer: packer.value.path, version: packer.value.version, guard: packer.value.guard.length > 0 },
    'Packer found',
  );

  const shutdown = new AbortController();
  const dirs = { root: config.BAKEHOUSE_STAGES, imagesDir: config.BAKEHOUSE_IMAGES };
  const tidying = keepTidy(dirs, { log, signal: shutdown.signal });

  const meters = openMeters();
  const house = {
    packer: packer.value,
    validate: rememberValid({ most: 1000 }),
    secrets: {
      environment: process.env,
      directory: config.BAKEHOUSE_SECRETS_DIR,
      fromSettings: await secretsInSettings(config.BAKEHOUSE_SETTINGS),
    },
    sealing: await openSealingKey(config),
    environment: process.env,
    passEnvironment: config.BAKEHOUSE_PASS_ENV,
    rootTemplates: config.BAKEHOUSE_ROOT_TEMPLATES,
    stagesDir: config.BAKEHOUSE_STAGES,
    imagesDir: config.BAKEHOUSE_IMAGES,
    cacheDir: config.BAKEHOUSE_CACHE,
  };
  let drain: Drain | undefined;
  // Before the first bake is taken: a port that is in use ends the worker, and would take its bakes with it.
  const health = await listen(
    { isReady: () => drain?.begun() === false, metrics: () => meters.registry.metrics() },
    { host: config.HOST, port: config.BAKEHOUSE_WORKER_PORT },
  );
  const consumer = await consumeBakes({
    redisUrl: config.REDIS_URL,
    workerId: `${randomUUID()}@${hostname()}`,
    lanes: config.BAKEHOUSE_LANES,
    slots: config.BAKEHOUSE_SLOTS,
    packer: packer.value.version,
    patience: { lockMs: config.BAKEHOUSE_LOCK_SECONDS, checkEveryMs: config.BAKEHOUSE_LOCK_SECONDS / 2 },
    bake: (hand) => watched(hand, { log, meters, bake: () => bake(hand, house) }),
    onTrouble: (error) => log.warn({ err: error }, 'trouble with the queue'),
    onEnd: (ending) => {
      meters.completed(ending);
      log.info({ bake: ending.id, state: ending.state }, 'bake laid down');
    },
  });
  meters.baking(() => consumer.inHand().length);

  drain = drainOnSignals(consumer, { log, withinMs: config.BAKEHOUSE_DRAIN_SECONDS });
  log.info({ lanes: config.BAKEHOUSE_LANES, slots: config.BAKEHOUSE_SLOTS, port: health.port }, 'worker takes bakes');

  await drain.done;
  shutdown.abort();
  await Promise.all([consumer.close(), health.close(), tidying]);
  log.info('worker has ended');
}

async function secretsInSettings(files: readonly string[]): Promise<(name: string) => string | undefined> {
  const texts = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(name, 'utf8').catch((cause: unknown) => {
        throw new Error(`settings file ${name} cannot be read; BAKEHOUSE_SETTINGS names it`, { cause });
      });
      return { name, text };
    }),
  );
  const settings = readSettings(texts, process.env);
  if (!settings.ok)
    throw new Error(
      `the settings cannot be used:\n${settings.no.map((problem) => `  ${explainSettingsProblem(problem)}`).join('\n')}`,
    );
  return settings.value.secret;
}

function reasonsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
