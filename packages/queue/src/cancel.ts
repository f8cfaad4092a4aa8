import { instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import type { CancelAnswer } from './bake-queue.ts';
import type { Lanes } from './lanes.ts';
import { recordOf, toBake } from './record.ts';
import { runScript } from './script.ts';
import { cancelScript } from './scripts/cancel.ts';
import type { Store } from './store.ts';

/** Ends a waiting bake, or raises the flag that its worker sees: at once by the channel, within seconds by looking. */
export async function cancel(
  { store, lanes }: { store: Store; lanes: Lanes },
  id: string,
  { reason, now }: { reason: string; now: Date },
): Promise<CancelAnswer> {
  const { redis, names } = store;
  const told = await runScript(redis, cancelScript, {
    keys: [names.bake(id)],
    args: [names.prefix, id, reason, instantOf(now), now.getTime()],
  });
  const [word, flat] = Answer.parse(told);
  const bake = toBake(recordOf(flat ?? []));
  if (word === 'unknown' || !bake) return { answer: 'unknown' };
  // A worker may hold the job just now: it will find the bake ended.
  if (word === 'cancelled') await lanes.queue(bake.lane).remove(id);
  return { answer: word, bake };
}

const Answer = z.tuple([z.enum(['unknown', 'cancelled', 'stopping', 'ended']), z.array(z.string()).optional()]);
