import { instantOf } from '@bakehouse/bake';
import { DelayedError, type Job, WaitingError, Worker } from 'bullmq';
import { connectToListen, connectToWork, endWhenSilent } from './connection.ts';
import type { BakeConsumer, ConsumerOptions, Patience } from './consumer.ts';
import { openEars } from './ears.ts';
import { aHand } from './hand.ts';
import { type Hands, openHands } from './hands.ts';
import { openLanes } from './lanes.ts';
import { bakeOfJob, DEFAULT_PREFIX, jobIdOf, namesUnder } from './names.ts';
import { takeLeave, tellPresence } from './presence.ts';
import { isAway } from './redis-away.ts';
import { abandonJob, startRounds } from './rounds.ts';
import { runBake } from './run-bake.ts';
import { type Slots, shareSlots } from './slots.ts';
import { checkSoundness } from './sound-redis.ts';
import { watchForStops } from './stop-watch.ts';
import type { Store } from './store.ts';

const PATIENCE: Patience = { lockMs: 60_000, checkEveryMs: 30_000, losses: 2 };
const BEAT_MS = 5_000;
const CLOSE_MS = 5_000;
/** A worker that is to stop at once waits no longer for a Redis that is away; what it held, others find stalled. */
const LAST_WORDS_MS = 5_000;

/**
 * Takes bakes from lanes, as many at once as there are slots, and lays each down with what became of it. Waits for a Redis that is away;
 * rejects with `UnsoundRedis` for one that may evict keys.
 */
export async function consumeBakes(options: ConsumerOptions): Promise<BakeConsumer> {
  const { redisUrl, workerId, lanes: served, packer, onTrouble } = options;
  const redis = connectToWork(redisUrl, onTrouble);
  const warning = await checkSoundness(redis).catch((error) => {
    redis.disconnect();
    throw error;
  });
  if (warning) onTrouble(warning);

  const store = { redis, names: namesUnder(options.prefix ?? DEFAULT_PREFIX) };
  const startedAt = instantOf(new Date());
  let draining = false;
  const beat = () => {
    const now = { seenAt: instantOf(new Date()), baking: hands.ids(), draining };
    // A beat that is missed tells its own tale.
    tellPresence(store, { id: workerId, startedAt, lanes: [...served], slots: options.slots, packer, ...now }).catch(
      () => undefined,
    );
  };

  const hands = openHands(beat);
  const workers = new Map(
    served.map((lane) => [lane, openWorker({ store, options, hands }, lane, (job, token) => take(job, token, lane))]),
  );
  const slots = shareSlots(workers, options.slots);
  const take = taking({ store, options, hands, slots });

  const ears = openEars(connectToListen(redisUrl, onTrouble), onTrouble);
  const unwatch = watchForStops({ store, ears }, hands);
  const lanes = openLanes(store, onTrouble);
  const rounds = startRounds({ store, lanes, onTrouble, onEnd: options.onEnd });
  const heart = setInterval(beat, BEAT_MS);
  beat();
  for (const worker of workers.values()) worker.run().catch(onTrouble);

  const shut = () => {
    draining = true;
    slots.shut();
    beat();
  };
  const close = async () => {
    shut();
    clearInterval(heart);
    rounds.stop();
    unwatch();
    ears.close();
    // Without Redis, BullMQ would wait for ever for commands that never come back; with it, its last words about ended jobs get through.
    const isAlone = redis.status !== 'ready';
    const closing = Promise.all([...workers.values()].map((worker) => worker.close(isAlone))).then(async () => {
      if (!isAlone) await takeLeave(store, workerId);
    });
    await Promise.race([closing.catch(onTrouble), new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    await lanes.close();
    redis.disconnect();
  };
  let closed: Promise<void> | undefined;

  return {
    inHand: () => hands.ids(),
    drain: () => {
      shut();
      return hands.empty();
    },
    stopNow: () => {
      shut();
      for (const hand of hands) hand.stop('shutdown');
      void endWhenSilent(redis, LAST_WORDS_MS);
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** Takes a job that BullMQ hands over, or gives it back. */
function taking({
  store,
  options,
  hands,
  slots,
}: {
  store: Store;
  options: ConsumerOptions;
  hands: Hands;
  slots: Slots;
}) {
  return async (job: Job, token: string | undefined, lane: string): Promise<string> => {
    const id = bakeOfJob(job.id ?? '');
    // BullMQ forgets to renew one of two holds that a worker has on the same job, so the old run ends first.
    if (hands.has(id)) {
      await job.moveToDelayed(Date.now() + 1_000, token);
      throw new DelayedError();
    }
    if (!slots.take(lane)) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const hand = aHand(id);
    hands.hold(hand);
    try {
      return await runBake({ store, options }, hand, () => job.moveToWait(token));
    } finally {
      slots.free(lane);
      hands.letGo(hand);
    }
  };
}

function openWorker(
  { store, options, hands }: { store: Store; options: ConsumerOptions; hands: Hands },
  lane: string,
  take: (job: Job, token?: string) => Promise<string>,
): Worker {
  const { lockMs, checkEveryMs, losses } = { ...PATIENCE, ...options.patience };
  const worker = new Worker(store.names.lane(lane), take, {
    connection: store.redis,
    prefix: store.names.prefix,
    name: options.workerId,
    concurrency: options.slots,
    lockDuration: lockMs,
    stalledInterval: checkEveryMs,
    maxStalledCount: losses,
    // A job that was given back, or a cap that has room again, wakes nobody: it is found by looking.
    drainDelay: 1,
    runRetryDelay: 1_000,
    metrics: { maxDataPoints: 14 * 1_440 },
    autorun: false,
  });
  // The connection tells of outages itself.
  worker.on('error', (error) => isAway(error) || options.onTrouble(error));
  worker.on('lockRenewalFailed', (ids: string[]) => {
    for (const hand of hands) if (ids.includes(jobIdOf(hand.id))) hand.stop('lost');
  });
  // A job that BullMQ fails without asking us has lost too many workers.
  worker.on('failed', (job, { message }) => {
    if (!job?.id || !job.deferredFailure) return;
    const id = bakeOfJob(job.id);
    abandonJob({ store, onEnd: options.onEnd }, { id, why: message, now: new Date() }).catch(options.onTrouble);
  });
  return worker;
}
