import { BAKE_STATES, type Bake, type BakeState } from '@bakehouse/bake';
import type { BakePage, BakeQuery } from './bake-queue.ts';
import { toBake } from './record.ts';
import { answersOf, type Store } from './store.ts';

export async function findBake({ redis, names }: Store, id: string): Promise<Bake | undefined> {
  return toBake(await redis.hgetall(names.bake(id)));
}

export async function findByKey(store: Store, key: string): Promise<Bake | undefined> {
  const id = await store.redis.get(store.names.standing(key));
  return id === null ? undefined : findBake(store, id);
}

/** Bakes that answer to every word of the query, newest first. */
export async function listBakes(store: Store, query: BakeQuery): Promise<BakePage> {
  const index = await narrowest(store, query);
  const bakes: (Bake & { sequence: string })[] = [];
  for await (const bake of newestFirst(store, {
    index,
    before: query.cursor === undefined ? '+inf' : `(${query.cursor}`,
  })) {
    if (answersTo(query, bake)) bakes.push(bake);
    if (bakes.length > query.limit) break;
  }
  const shown = bakes.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    bakes: shown.map(({ sequence: _, ...bake }) => bake),
    ...(bakes.length > query.limit && last ? { cursor: last.sequence } : {}),
  };
}

export async function countBakes({ redis, names }: Store): Promise<Record<BakeState, number>> {
  const counts = redis.pipeline();
  for (const state of BAKE_STATES) counts.zcard(names.index.state(state));
  const [waiting, baking, baked, failed, cancelled] = (await answersOf(counts)).map(Number);
  return {
    waiting: waiting ?? 0,
    baking: baking ?? 0,
    baked: baked ?? 0,
    failed: failed ?? 0,
    cancelled: cancelled ?? 0,
  };
}

/** The shortest of the indexes that hold all the answers. */
async function narrowest({ redis, names }: Store, { state, provider, label, key, image }: BakeQuery): Promise<string> {
  const { index } = names;
  const candidates = [
    index.all,
    ...(state === undefined ? [] : [index.state(state)]),
    ...(provider === undefined ? [] : [index.provider(provider)]),
    ...(label === undefined ? [] : [index.label(label)]),
    ...(key === undefined ? [] : [index.key(key)]),
    ...(image === undefined ? [] : [index.image(image)]),
  ];
  const sizes = redis.pipeline();
  for (const candidate of candidates) sizes.zcard(candidate);
  const counted = (await answersOf(sizes)).map(Number);
  return candidates[counted.indexOf(Math.min(...counted))] ?? index.all;
}

function answersTo({ state, provider, label, key, image }: BakeQuery, bake: Bake): boolean {
  if (state !== undefined && bake.state !== state) return false;
  if (provider !== undefined && bake.recipe.provider !== provider) return false;
  if (key !== undefined && bake.key !== key) return false;
  if (image !== undefined && !imagesOf(bake).includes(image)) return false;
  return label === undefined || Object.entries(bake.labels).some(([name, value]) => `${name}=${value}` === label);
}

/** The names and references a bake is found by. */
export function imagesOf(bake: Bake): string[] {
  const made = bake.state === 'baked' ? bake.artifacts.flatMap(({ name, reference }) => [name, reference]) : [];
  return [...new Set([bake.recipe.imageName, ...made])];
}

const STRIDE = 100;

/** Walks an index; what is in it without a record was forgotten by time alone, and leaves the index here. */
async function* newestFirst(
  { redis, names }: Store,
  { index, before }: { index: string; before: string },
): AsyncGenerator<Bake & { sequence: string }> {
  let bound = before;
  while (true) {
    const ids = await redis.zrange(index, bound, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, STRIDE, 'WITHSCORES');
    const reads = redis.pipeline();
    for (const id of ids.filter((_, at) => at % 2 === 0)) reads.hgetall(names.bake(id));
    const records = (await answersOf(reads)) as Record<string, string>[];
    for (const [at, record] of records.entries()) {
      const [id = '', sequence = ''] = ids.slice(2 * at, 2 * at + 2);
      const bake = toBake(record);
      if (bake) yield { ...bake, sequence };
      else await redis.zrem(index, id);
    }
    const lowest = ids.at(-1);
    if (lowest === undefined || records.length < STRIDE) return;
    bound = `(${lowest}`;
  }
}
