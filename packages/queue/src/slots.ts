import type { Worker } from 'bullmq';

/**
 * The slots of this worker, shared by its lanes. Each lane's BullMQ worker may take as many jobs as are free plus its own, and rests when that
 * is none; two lanes that take the last slot in the same moment are told apart by `take`, and the late one gives its job back.
 */
export interface Slots {
  /** False when all are taken. */
  take(lane: string): boolean;
  free(lane: string): void;
  /** Takes nothing more. */
  shut(): void;
}

export function shareSlots(workers: ReadonlyMap<string, Worker>, slots: number): Slots {
  const taken = new Map<string, number>();
  let isShut = false;
  const allTaken = () => [...taken.values()].reduce((sum, count) => sum + count, 0);

  const settle = () => {
    for (const [lane, worker] of workers) {
      const room = slots - allTaken() + (taken.get(lane) ?? 0);
      if (isShut || room === 0) rest(worker);
      else wake(worker, room);
    }
  };
  const change = (lane: string, by: 1 | -1) => {
    taken.set(lane, (taken.get(lane) ?? 0) + by);
    settle();
  };

  return {
    take: (lane) => {
      if (isShut || allTaken() >= slots) return false;
      change(lane, 1);
      return true;
    },
    free: (lane) => change(lane, -1),
    shut: () => {
      isShut = true;
      settle();
    },
  };
}

/** A worker tells of its errors by its `error` event. */
const rest = (worker: Worker): void => void (worker.isPaused() || worker.pause(true));

/** A worker at its limit looks at the limit again when one of its jobs ends; waking it from a rest makes it look at once. */
function wake(worker: Worker, room: number): void {
  if (room > worker.concurrency) rest(worker);
  worker.concurrency = room;
  if (worker.isPaused()) void worker.resume();
}
