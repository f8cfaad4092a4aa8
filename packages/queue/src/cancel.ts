import { endingOf, instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import type { CancelAnswer } from './bake-queue.ts';
import type { Producing } from './producing.ts';
import { recordOf, toBake } from './record.ts';
import { runScript } from './script.ts';
import { cancelScript } from './scripts/cancel.ts';

/** Ends a waiting bake, or raises the flag that its worker sees: at once by the channel, within seconds by looking. */
export async function cancel(
  { store, lanes, onEnd }: Producing,
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
  if (word === 'cancelled') {
    const ending = endingOf(bake);
    if (ending) onEnd(ending);
    // A worker may hold the job just now: it will find the bake ended.
    await lanes.drop(bake);
  }
  return { answer: word, bake };
}

const Answer = z.tuple([z.enum(['unknown', 'cancelled', 'stopping', 'ended']), z.array(z.string()).optional()]);
