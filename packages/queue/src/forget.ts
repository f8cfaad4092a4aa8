import type { Bake } from '@bakehouse/bake';
import { imagesOf } from './find.ts';
import { readRecords, strides } from './read-records.ts';
import { type BakeRecord, toBake } from './record.ts';
import { runScript } from './script.ts';
import { forgetScript } from './scripts/forget.ts';
import type { Store } from './store.ts';
import { indexesOf } from './submit.ts';

/** Takes away the ended bakes whose time is over, and the oldest when more are kept than `keep`. */
export async function forgetOld(store: Store, { now, keep }: { now: Date; keep?: number | undefined }): Promise<void> {
  const { redis, names } = store;
  const overdue = await redis.zrange(names.ended, '-inf', now.getTime(), 'BYSCORE');
  for (const ids of strides(overdue)) await forget(store, ids);
  if (keep === undefined) return;
  const surplus = (await redis.zcard(names.ended)) - keep;
  if (surplus <= 0) return;
  for (const ids of strides(await redis.zrange(names.ended, 0, surplus - 1))) await forget(store, ids);
}

async function forget(store: Store, ids: readonly string[]): Promise<void> {
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
