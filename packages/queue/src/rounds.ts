import { type BakeEnding, type BakeFailure, hasEnded, instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import { forgetOld, forgetSurplus } from './forget.ts';
import type { Lanes } from './lanes.ts';
import { WorkerPresence } from './presence.ts';
import { readRecords, strides } from './read-records.ts';
import { type BakeRecord, endingIn, toBake } from './record.ts';
import { runScript } from './script.ts';
import { abandonScript } from './scripts/abandon.ts';
import { answersOf, type Store } from './store.ts';
import { sealLog } from './write-log.ts';

const EVERY_MS = 15_000;

export interface Rounds {
  stop(): void;
}

interface Making {
  store: Store;
  lanes: Lanes;
  /** How many ended bakes are kept at most; workers do not know, so each producer sees to it itself. */
  keep?: number | undefined;
  onTrouble: (error: Error) => void;
  /** Told of each bake that these rounds ended. */
  onEnd?: ((ending: BakeEnding) => void) | undefined;
}

/** Every so often one of all producers and workers mends what a death in the middle of a step left behind, and forgets what is old. */
export function startRounds(making: Making): Rounds {
  const { redis } = making.store;
  let isWalking = false;
  const walk = async () => {
    if (isWalking || redis.status !== 'ready') return;
    isWalking = true;
    try {
      await walkOrLetOthers(making);
    } catch (error) {
      if (redis.status === 'ready' && error instanceof Error)
        making.onTrouble(new Error(`rounds: ${error.message}`, { cause: error }));
    } finally {
      isWalking = false;
    }
  };
  const timer = setInterval(() => void walk(), EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function walkOrLetOthers(making: Making): Promise<void> {
  const { store, keep } = making;
  const isOurTurn = await store.redis.set(store.names.rounds, 'walking', 'PX', EVERY_MS - 1_000, 'NX');
  if (isOurTurn) await makeRounds(making, new Date());
  if (keep !== undefined) await forgetSurplus(store, keep);
}

export async function makeRounds(making: Making, now: Date): Promise<void> {
  await mendLive(making, now);
  await sealEnded(making.store);
  await forgetOld(making.store, now);
}

/** A live bake has a job that BullMQ has not given up, and one that was told to stop has a worker to do so. */
async function mendLive(making: Making, now: Date): Promise<void> {
  const { store, onTrouble } = making;
  const { redis, names } = store;
  const live = [
    ...(await redis.zrange(names.index.state('waiting'), 0, -1)),
    ...(await redis.zrange(names.index.state('baking'), 0, -1)),
  ];
  for (const ids of strides(live)) {
    for (const [id, record] of await readRecords(store, ids)) {
      try {
        await mend(making, { id, record, now });
      } catch (error) {
        // One record that cannot be read does not keep the others from being mended.
        onTrouble(
          new Error(`bake ${id} cannot be mended: ${error instanceof Error ? error.message : error}`, { cause: error }),
        );
      }
    }
  }
}

async function mend(
  { store, lanes, onEnd }: Making,
  { id, record, now }: { id: string; record: BakeRecord; now: Date },
): Promise<void> {
  const { redis, names } = store;
  const bake = toBake(record);
  if (!bake || hasEnded(bake)) return;
  const look = redis.pipeline().hmget(names.job(bake.lane, id), 'timestamp', 'finishedOn', 'failedReason');
  look.get(names.worker(record['worker'] ?? 'none'));
  const [[added, finishedOn, failedReason], presence] = (await answersOf(look)) as [(string | null)[], string | null];

  if (finishedOn)
    return abandon({ store, onEnd }, { id, record, why: failedReason ?? 'it is finished for BullMQ', now });
  if (presence && WorkerPresence.parse(JSON.parse(presence)).baking.includes(id)) return;
  if (bake.state === 'baking' && bake.stopping)
    return abandon({ store, onEnd }, { id, record, why: 'its worker is gone', now });
  if (!added) await lanes.deliver(bake, record);
}

/** Ends a bake whose job BullMQ has given up, if the record is still as it was seen, and tells of it. */
async function abandon(
  { store: { redis, names }, onEnd }: Pick<Making, 'store' | 'onEnd'>,
  { id, record, why, now }: { id: string; record: BakeRecord; why: string; now: Date },
): Promise<void> {
  const told = await runScript(redis, abandonScript, {
    keys: [names.bake(id)],
    args: [
      ...[names.prefix, id, record['state'] ?? '', record['run'] ?? '', JSON.stringify(lost(record, why))],
      ...[instantOf(now), now.getTime()],
    ],
  });
  const ending = endingIn(Abandoned.parse(told)?.[1]);
  if (ending) onEnd?.(ending);
}

const Abandoned = z.tuple([z.string(), z.array(z.string())]).nullable();

/** The same for a bake that is known by its id only. */
export async function abandonJob(
  { store, onEnd }: Pick<Making, 'store' | 'onEnd'>,
  { id, why, now }: { id: string; why: string; now: Date },
): Promise<void> {
  return abandon({ store, onEnd }, { id, record: await store.redis.hgetall(store.names.bake(id)), why, now });
}

const lost = (record: BakeRecord, why: string): BakeFailure => ({
  class: 'worker-lost',
  message: `${record['worker'] ?? 'the worker'} went away in the middle of it, and so did each that took it over (${why})`,
  evidence: [],
  next: 'see why the workers die: memory, disk, or the machine; then ask for the bake again',
  leftovers: true,
});

/** Whoever ended a bake may have died before its log was sealed. */
async function sealEnded(store: Store): Promise<void> {
  const { redis, names } = store;
  for (const ids of strides(await redis.smembers(names.unsealed))) {
    for (const [id, { state }] of await readRecords(store, ids)) {
      if (state !== 'waiting' && state !== 'baking') await sealLog(store, id);
    }
  }
}
