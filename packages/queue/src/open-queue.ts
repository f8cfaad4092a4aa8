import type { BakeEnding, BakerySettings } from '@bakehouse/bake';
import type { Redis } from 'ioredis';
import type { BakeQueue } from './bake-queue.ts';
import { cancel } from './cancel.ts';
import { connectToAsk, connectToListen, isReadyWithin } from './connection.ts';
import { openEars } from './ears.ts';
import { countBakes, findBake, findByKey, listBakes } from './find.ts';
import { followLog } from './follow-log.ts';
import { type Lanes, openLanes } from './lanes.ts';
import { mergeMetrics } from './metrics.ts';
import { DEFAULT_PREFIX, namesUnder } from './names.ts';
import { presentWorkers } from './presence.ts';
import { readLog } from './read-log.ts';
import { RedisAway, reach } from './redis-away.ts';
import { release } from './release.ts';
import { removeByKey } from './remove.ts';
import { startRounds } from './rounds.ts';
import { checkSoundness, UnsoundRedis } from './sound-redis.ts';
import { submit } from './submit.ts';

export interface QueueOptions {
  redisUrl: string;
  settings: BakerySettings;
  /** Trouble that no caller waits for. */
  onTrouble: (error: Error) => void;
  /** Told of each end of a bake that this producer wrote into the record, and by nobody else of that one: for metrics and logs. */
  onEnd?: ((ending: BakeEnding) => void) | undefined;
  /** Of all keys; has a hash tag. `{bakehouse}` if not said. */
  prefix?: string | undefined;
}

const FIRST_CONNECTION_MS = 2_000;

/**
 * Opens the producer's hand. Rejects with `UnsoundRedis` for a Redis that may evict keys. A Redis that is away does not keep it from
 * opening: calls reject with `RedisAway` until it is there, and with `UnsoundRedis` should it turn out to be that.
 */
export async function openQueue({
  redisUrl,
  settings,
  onTrouble,
  onEnd = () => undefined,
  prefix = DEFAULT_PREFIX,
}: QueueOptions): Promise<BakeQueue> {
  const redis = connectToAsk(redisUrl, onTrouble);
  const store = { redis, names: namesUnder(prefix) };
  const listener = connectToListen(redisUrl, onTrouble);
  const ears = openEars(listener, onTrouble);
  const lanes = openLanes(store, onTrouble);
  const queues = Object.keys(settings.lanes).map((lane) => lanes.queue(lane));
  const rounds = startRounds({ store, lanes, keep: settings.retention.bakes, onTrouble, onEnd });
  const producing = { store, lanes, onEnd };

  const close = async () => {
    rounds.stop();
    ears.close();
    await lanes.close();
    redis.disconnect();
  };

  const gate = aGate(redis, { onTrouble, onReady: () => setCaps(lanes, settings) });
  if (await isReadyWithin(redis, FIRST_CONNECTION_MS)) {
    await gate.checked().catch(async (error) => {
      if (!(error instanceof UnsoundRedis)) return;
      await close();
      throw error;
    });
  }
  const ask = async <T>(call: () => Promise<T>): Promise<T> => reach(redis, () => gate.checked().then(call));

  return {
    submit: (plan, how) => ask(() => submit({ ...producing, settings }, plan, how)),
    find: (id) => ask(() => findBake(store, id)),
    findByKey: (key) => ask(() => findByKey(store, key)),
    list: (query) => ask(() => listBakes(store, query)),
    cancel: (id, asked) => ask(() => cancel(producing, id, asked)),
    removeByKey: (key, asked) => ask(() => removeByKey(producing, key, asked)),
    release: (groups, asked) => ask(() => release(producing, groups, asked)),
    readLog: (id, range = {}) => ask(() => readLog(store, id, range)),
    followLog: async function* (id, how) {
      await ask(async () => undefined);
      const events = followLog({ store, ears }, id, how);
      try {
        while (true) {
          const { done, value } = await ask(() => events.next());
          if (done) return;
          yield value;
        }
      } finally {
        await events.return(undefined);
      }
    },
    workers: () => ask(() => presentWorkers(store)),
    counts: () => ask(() => countBakes(store)),
    metrics: () =>
      ask(async () => mergeMetrics(await Promise.all(queues.map((queue) => queue.exportPrometheusMetrics())))),
    lanes: queues,
    ping: (withinMs) =>
      within(
        withinMs,
        ask(() => redis.ping()),
      ),
    close,
  };
}

/** Looks at a Redis each time it is met anew, for it may be another one, and again as long as it was found wanting; no call goes past it. */
function aGate(
  redis: Redis,
  { onTrouble, onReady }: { onTrouble: (error: Error) => void; onReady: () => Promise<void> },
) {
  let look: Promise<void> | undefined;
  const check = async () => {
    const warning = await checkSoundness(redis);
    if (warning) onTrouble(warning);
    await onReady();
  };
  const checked = (): Promise<void> => {
    look ??= check().catch((error) => {
      look = undefined;
      throw error;
    });
    return look;
  };
  redis.on('ready', () => {
    look = undefined;
    checked().catch(onTrouble);
  });
  return { checked };
}

async function setCaps(lanes: Lanes, settings: BakerySettings): Promise<void> {
  for (const [lane, { cap }] of Object.entries(settings.lanes)) {
    await (cap === undefined
      ? lanes.queue(lane).removeGlobalConcurrency()
      : lanes.queue(lane).setGlobalConcurrency(cap));
  }
}

async function within(ms: number, answer: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RedisAway(`Redis has not answered within ${ms} ms`)), ms);
  });
  await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
