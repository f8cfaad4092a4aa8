import { BAKE_STATES, instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import { forget } from './forget.ts';
import type { Producing } from './producing.ts';
import { endingIn } from './record.ts';
import { runScript } from './script.ts';
import { removeScript } from './scripts/remove.ts';

/** Removes the bake that stands for a key, whoever uses it. Answers its id. */
export async function removeByKey(
  producing: Producing,
  key: string,
  { reason, now }: { reason: string; now: Date },
): Promise<string | undefined> {
  const { redis, names } = producing.store;
  const told = await runScript(redis, removeScript, {
    keys: [names.standing(key), names.index.key(key)],
    args: [names.prefix, reason, instantOf(now), now.getTime()],
  });
  const removed = Removed.nullable().parse(told);
  if (removed) await clearAway(producing, [removed]);
  return removed?.id;
}

/** A bake that a script has removed, the state it was in, and its ending if that came with it. */
export const Removed = z
  .tuple([z.string(), z.enum(BAKE_STATES), z.string(), z.array(z.string())])
  .transform(([id, state, lane, flat]) => ({ id, state, lane, ending: endingIn(flat) }));
export type Removed = z.infer<typeof Removed>;

/** Tells what ended, and forgets what no worker has in hand. Whoever dies before, and the bakes that have to end first, leave it to the rounds. */
export async function clearAway({ store, lanes, onEnd }: Producing, removed: readonly Removed[]): Promise<void> {
  for (const { ending } of removed) if (ending) onEnd(ending);
  await Promise.all(removed.filter(({ state }) => state === 'waiting').map(lanes.drop));
  await forget(
    store,
    removed.flatMap(({ id, state }) => (state === 'baking' ? [] : [id])),
  );
}
