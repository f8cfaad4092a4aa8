import type { BakeRecord } from './record.ts';
import { answersOf, type Store } from './store.ts';

const STRIDE = 200;

/** Ids in portions that one pipeline can carry. */
export function* strides(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += STRIDE) yield ids.slice(at, at + STRIDE);
}

/** The records of many bakes in one go, in the order of the ids; an empty one where there is none. */
export async function readRecords({ redis, names }: Store, ids: readonly string[]): Promise<[string, BakeRecord][]> {
  const reads = redis.pipeline();
  for (const id of ids) reads.hgetall(names.bake(id));
  const records = (await answersOf(reads)) as BakeRecord[];
  return ids.map((id, at) => [id, records[at] ?? {}]);
}
