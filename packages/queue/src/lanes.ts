import type { Bake } from '@bakehouse/bake';
import { Queue } from 'bullmq';
import { jobIdOf } from './names.ts';
import type { BakeRecord } from './record.ts';
import { isAway } from './redis-away.ts';
import type { Store } from './store.ts';

/** BullMQ's queues, one a lane. BullMQ delivers; what is true of a bake stands in its record. */
export interface Lanes {
  queue(lane: string): Queue;
  /** Sees that a bake's job is there; nothing happens to one that is. */
  deliver(bake: Bake, record: BakeRecord): Promise<void>;
  /** Sees that a bake's job is gone, unless a worker holds it. */
  drop(bake: Pick<Bake, 'lane' | 'id'>): Promise<void>;
  close(): Promise<void>;
}

export function openLanes({ redis, names }: Store, onTrouble: (error: Error) => void): Lanes {
  const queues = new Map<string, Queue>();

  const open = (lane: string): Queue => {
    // BullMQ's own version check asks once, at its first connection, and a queue whose answer got lost never works again.
    const queue = new Queue(names.lane(lane), { connection: redis, prefix: names.prefix, skipVersionCheck: true });
    // The connection tells of outages itself.
    queue.on('error', (error) => isAway(error) || onTrouble(error));
    queues.set(lane, queue);
    return queue;
  };
  const queueOf = (lane: string): Queue => queues.get(lane) ?? open(lane);

  return {
    queue: queueOf,
    deliver: async (bake, record) => {
      await queueOf(bake.lane).add(bake.recipe.imageName, jobData(bake), {
        ...jobOptions(record),
        jobId: jobIdOf(bake.id),
        priority: bake.priority,
      });
    },
    drop: async ({ lane, id }) => {
      await queueOf(lane).remove(jobIdOf(id));
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** For the eyes of the dashboard's reader: a worker reads the record. */
const jobData = ({ id, recipe }: Bake) => ({ id, image: recipe.imageName, provider: recipe.provider });

const jobOptions = (record: BakeRecord) => ({
  attempts: Number(record['maxAttempts']),
  backoff: { type: 'exponential', delay: Number(record['retryDelayMs']), jitter: 0.3 },
  stackTraceLimit: 1,
  keepLogs: 10,
  // Ended jobs are for the dashboard only.
  removeOnComplete: { age: 7 * 86_400, count: 1_000 },
  removeOnFail: { age: 7 * 86_400, count: 1_000 },
});
