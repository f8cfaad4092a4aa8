import { Instant } from '@bakehouse/bake';
import { z } from 'zod';
import { answersOf, type Store } from './store.ts';

/** A worker that was heard of within the last seconds. */
export const WorkerPresence = z.object({
  /** `<uuid>@<hostname>`: new at every start. The classic bakery's clients split it at the `@`. */
  id: z.string(),
  startedAt: Instant,
  seenAt: Instant,
  lanes: z.array(z.string()),
  /** Bakes at once. */
  slots: z.number().int(),
  /** Ids of the bakes in hand. */
  baking: z.array(z.string()),
  draining: z.boolean(),
  /** Which Packer it found, e.g. `1.6.6`. */
  packer: z.string(),
});
export type WorkerPresence = z.infer<typeof WorkerPresence>;

/** A worker that has not been heard of for so long is no worker. */
const HEARD_MS = 15_000;

export async function tellPresence({ redis, names }: Store, presence: WorkerPresence): Promise<void> {
  const tell = redis.multi();
  tell.set(names.worker(presence.id), JSON.stringify(presence), 'PX', HEARD_MS);
  tell.sadd(names.workers, presence.id);
  await answersOf(tell);
}

export async function takeLeave({ redis, names }: Store, id: string): Promise<void> {
  await answersOf(redis.multi().del(names.worker(id)).srem(names.workers, id));
}

export async function presentWorkers({ redis, names }: Store): Promise<WorkerPresence[]> {
  const ids = await redis.smembers(names.workers);
  if (ids.length === 0) return [];
  const told = await redis.mget(ids.map(names.worker));
  const gone = ids.filter((_, at) => told[at] === null);
  if (gone.length > 0) await redis.srem(names.workers, gone);
  return told.flatMap((text) => (typeof text === 'string' ? [WorkerPresence.parse(JSON.parse(text))] : []));
}
