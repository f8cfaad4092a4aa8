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

/** Forgets the ended bakes whose time is over first, where more than `keep` have ended. */
export async function forgetSurplus(store: Store, keep: number): Promise<void> {
  const { redis, names } = store;
  const surplus = (await redis.zcard(names.ended)) - keep;
  if (surplus <= 0) return;
  for (const ids of strides(await redis.zrange(names.ended, 0, surplus - 1))) await forget(store, ids);
}

/** Takes every trace of ended bakes away. A live one among them stays as it is. */
export async function forget(store: Store, ids: readonly string[]): Promise<void> {
  const { redis, names } = store;
  for (const [id, record] of await readRecords(store, ids)) {
    const bake = readable(record);
    const found = bake ? [...indexesOf(names, bake), ...imagesOf(bake).map(names.index.image)] : [];
    await runScript(redis, forgetScript, {
      keys: [names.bake(id), names.log(id), names.sealedLog(id), names.index.all, ...found],
      args: [names.prefix, id, bake?.key ?? ''],
    });
  }
}

/** What cannot be read is forgotten all the same; the indexes it may be in have a time to live. */
function readable(record: BakeRecord): Bake | undefined {
  try {
    return toBake(record);
  } catch {
    return undefined;
  }
}
