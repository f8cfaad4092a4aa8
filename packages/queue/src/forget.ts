import type { Bake } from '@bakehouse/bake';
import { imagesOf } from './find.ts';
import { readRecords, strides } from './read-records.ts';
import { type BakeRecord, toBake } from './record.ts';
import { runScript } from './script.ts';
import { forgetScript } from './scripts/forget.ts';
import type { Store } from './store.ts';
import { indexesOf } from './submit.ts';

/** Forgets the ended bakes whose time is over. */
export async function forgetOld(store: Store, now: Date): Promise<void> {
  const { redis, names } = store;
  const overdue = await redis.zrange(names.ended, '-inf', now.getTime(), 'BYSCORE');
  for (const ids of strides(overdue)) await forget(store, ids);
}

/** Forgets the ended bakes that were asked for first, where more than `keep` have ended. Not those whose time is over first: after `retention.days` was shortened these are the newest, which their callers still ask about. */
export async function forgetSurplus(store: Store, keep: number): Promise<void> {
  const { redis, names } = store;
  const surplus = (await redis.zcard(names.ended)) - keep;
  if (surplus <= 0) return;
  const first = ENDED.map(async (state) => {
    const flat = await redis.zrange(names.index.state(state), 0, surplus - 1, 'WITHSCORES');
    return flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, sequence: Number(flat[at + 1]) }] : []));
  });
  const oldest = (await Promise.all(first)).flat().sort((one, other) => one.sequence - other.sequence);
  const ids = oldest.slice(0, surplus).map(({ id }) => id);
  for (const some of strides(ids)) await forget(store, some);
}

const ENDED = ['baked', 'failed', 'cancelled'] as const;

/** Takes every trace of ended bakes away. A live one among them stays as it is. */
export async function forget(store: Store, ids: readonly string[]): Promise<void> {
  const { redis, names } = store;
  const forgetting = (await readRecords(store, ids)).map(([id, record]) => {
    const bake = readable(record);
    const found = bake ? [...indexesOf(names, bake), ...imagesOf(bake).map(names.index.image)] : [];
    return runScript(redis, forgetScript, {
      keys: [names.bake(id), names.log(id), names.sealedLog(id), names.index.all, ...found],
      args: [names.prefix, id, bake?.key ?? ''],
    });
  });
  await Promise.all(forgetting);
}

/** What cannot be read is forgotten all the same; the indexes it may be in have a time to live. */
function readable(record: BakeRecord): Bake | undefined {
  try {
    return toBake(record);
  } catch {
    return undefined;
  }
}
