import { type BakeFailure, instantOf } from '@bakehouse/bake';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { connectToListen, connectToWork } from './connection.ts';
import type { BakeConsumer, BakeEnd, BakeInHand, ConsumerOptions, Patience } from './consumer.ts';
import { openEars } from './ears.ts';
import { aHand, begin, type Hand } from './hand.ts';
import { openLanes } from './lanes.ts';
import { DEFAULT_PREFIX, namesUnder } from './names.ts';
import { takeLeave, tellPresence } from './presence.ts';
import { insist, isAway } from './redis-away.ts';
import { abandonJob, startRounds } from './rounds.ts';
import { shareSlots } from './slots.ts';
import { checkSoundness } from './sound-redis.ts';
import { watchForStops } from './stop-watch.ts';
import { judge, layDown, type Verdict } from './verdict.ts';
import { LOG_BOUNDS, sealLog } from './write-log.ts';

const PATIENCE: Patience = { lockMs: 60_000, checkEveryMs: 30_000, losses: 2 };
const BEAT_MS = 5_000;
const CLOSE_MS = 5_000;

/**
 * Takes bakes from lanes, as many at once as there are slots, and lays each down with what became of it. Waits for a Redis that is away;
 * rejects with `UnsoundRedis` for one that may evict keys.
 */
export async function consumeBakes(options: ConsumerOptions): Promise<BakeConsumer> {
  const { redisUrl, workerId, onTrouble } = options;
  const redis = connectToWork(redisUrl, onTrouble);
  const warning = await checkSoundness(redis).catch((error) => {
    redis.disconnect();
    throw error;
  });
  if (warning) onTrouble(warning);

  const store = { redis, names: namesUnder(options.prefix ?? DEFAULT_PREFIX) };
  const ears = openEars(connectToListen(redisUrl, onTrouble), onTrouble);
  const lanes = openLanes(store, onTrouble);
  const hands = new Set<Hand>();
  const startedAt = instantOf(new Date());
  let draining = false;
  let emptied = () => {};

  const beat = () => {
    const { lanes: served, slots, packer } = options;
    const baking = [...new Set([...hands].map(({ id }) => id))];
    const presence = {
      id: workerId,
      startedAt,
      seenAt: instantOf(new Date()),
      lanes: [...served],
      slots,
      baking,
      draining,
      packer,
    };
    // A beat that is missed tells its own tale.
    tellPresence(store, presence).catch(() => undefined);
  };
  const hold = (hand: Hand) => {
    hands.add(hand);
    beat();
  };
  const letGo = (hand: Hand) => {
    hands.delete(hand);
    slots.free(hand.lane);
    beat();
    if (hands.size === 0) emptied();
  };

  const take = async (job: Job, token: string | undefined, lane: string): Promise<string> => {
    const id = job.id ?? '';
    // BullMQ forgets to renew one of two holds that a worker has on the same job, so the old run ends first.
    if ([...hands].some((hand) => hand.id === id)) {
      await job.moveToDelayed(Date.now() + 1_000, token);
      throw new DelayedError();
    }
    if (!slots.take(lane)) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const hand = aHand({ id, lane });
    hold(hand);
    try {
      return await bakeInHand(hand, () => job.moveToWait(token));
    } finally {
      letGo(hand);
    }
  };

  /** The rounds seal what is left unsealed. */
  const seal = (id: string) => sealLog(store, id).catch(onTrouble);

  /** From the first write to the last. What it throws is for BullMQ to read. */
  const bakeInHand = async (hand: Hand, giveBack: () => Promise<unknown>): Promise<string> => {
    const bounds = options.logBounds ?? LOG_BOUNDS;
    const begun = await insist(redis, () => begin(store, hand, { worker: workerId, bounds }), onTrouble);
    if (!begun) {
      await seal(hand.id);
      return 'needed no baking';
    }
    const end = await bakeSafely(options.bake, begun.bake);
    const verdict = judge(end, {
      attempt: begun.bake.attempt,
      maxAttempts: begun.maxAttempts,
      stopped: hand.stopped(),
    });
    if (verdict.to === 'let-go') throw new WaitingError();

    const state = await layDown(store, hand, { verdict, onTrouble });
    if (state === undefined) {
      onTrouble(
        new Error(`bake ${hand.id} was taken over by another worker; what this one made of it is not recorded`),
      );
      throw new WaitingError();
    }
    if (state !== 'baking') options.onEnd?.({ id: hand.id, state });
    if (state !== 'waiting') await seal(hand.id);
    return tellBullMq(state, { verdict, giveBack });
  };

  const workers = new Map(options.lanes.map((lane) => [lane, openWorker(lane)]));
  const slots = shareSlots(workers, options.slots);

  function openWorker(lane: string): Worker {
    const { lockMs, checkEveryMs, losses } = { ...PATIENCE, ...options.patience };
    const worker = new Worker(store.names.lane(lane), (job, token) => take(job, token, lane), {
      connection: redis,
      prefix: store.names.prefix,
      name: workerId,
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
    worker.on('error', (error) => isAway(error) || onTrouble(error));
    worker.on('lockRenewalFailed', (ids: string[]) => {
      for (const hand of hands) if (ids.includes(hand.id)) hand.stop('lost');
    });
    worker.on('failed', (job, error) => {
      if (job?.id && job.deferredFailure) settleGivenUp(job.id, error);
    });
    return worker;
  }

  /** A bake whose job BullMQ gives up without asking us has lost too many workers. */
  const settleGivenUp = (id: string, error: Error) => {
    abandonJob(store, { id, why: error.message, now: new Date() })
      .then((state) => state && options.onEnd?.({ id, state }))
      .catch(onTrouble);
  };

  const unwatch = watchForStops({ store, ears }, hands);
  const rounds = startRounds({ store, lanes, onTrouble });
  const heart = setInterval(beat, BEAT_MS);
  beat();
  for (const worker of workers.values()) worker.run().catch(onTrouble);

  const shut = () => {
    draining = true;
    slots.shut();
    beat();
  };

  let closed: Promise<void> | undefined;
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

  return {
    inHand: () => [...new Set([...hands].map(({ id }) => id))],
    drain: async () => {
      shut();
      if (hands.size === 0) return;
      await new Promise<void>((resolve) => {
        emptied = resolve;
      });
    },
    stopNow: () => {
      shut();
      for (const hand of hands) hand.stop('shutdown');
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** A bake that throws met a broken machine, or a bug; unless it was told to stop. */
async function bakeSafely(bake: ConsumerOptions['bake'], inHand: BakeInHand): Promise<BakeEnd> {
  try {
    return await bake(inHand);
  } catch (error) {
    return inHand.signal.aborted ? 'stopped' : { outcome: { ok: false, no: brokenMachine(error) } };
  }
}

const brokenMachine = (error: unknown): BakeFailure => ({
  class: 'host',
  message: `the worker could not bake it: ${error instanceof Error ? error.message : error}`.slice(0, 2_000),
  evidence: [],
  next: 'see the worker’s own log for the cause, and that it has disk, memory and its templates',
  leftovers: false,
});

/** BullMQ learns of a failure by a throw, of a job that goes back by another; what it keeps is for the dashboard only. */
async function tellBullMq(
  state: string,
  { verdict, giveBack }: { verdict: Verdict; giveBack: () => Promise<unknown> },
): Promise<string> {
  if (state === 'waiting') {
    if ('failure' in verdict) throw new Error(inShort(verdict.failure));
    await giveBack();
    throw new WaitingError();
  }
  if (state === 'failed' && 'failure' in verdict) throw new UnrecoverableError(inShort(verdict.failure));
  return state;
}

const inShort = (failure: BakeFailure): string => `${failure.class}: ${failure.message}`.slice(0, 500);
