import { BAKE_STATES, instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import { forget } from './forget.ts';
import type { Lanes } from './lanes.ts';
import { runScript } from './script.ts';
import { removeScript } from './scripts/remove.ts';
import type { Store } from './store.ts';

/** Removes the bake that stands for a key, whoever uses it. Answers its id. */
export async function removeByKey(
  { store, lanes }: { store: Store; lanes: Lanes },
  key: string,
  { reason, now }: { reason: string; now: Date },
): Promise<string | undefined> {
  const { redis, names } = store;
  const told = await runScript(redis, removeScript, {
    keys: [names.standing(key), names.index.key(key)],
    args: [names.prefix, reason, instantOf(now), now.getTime()],
  });
  const removed = Removed.nullable().parse(told);
  if (removed) await clearAway({ store, lanes }, [removed]);
  return removed?.id;
}

/** A bake that a script has removed, and the state it was in. */
export const Removed = z
  .tuple([z.string(), z.enum(BAKE_STATES), z.string()])
  .transform(([id, state, lane]) => ({ id, state, lane }));
export type Removed = z.infer<typeof Removed>;

/** Forgets what no worker has in hand. Whoever dies before, and the bakes that have to end first, leave it to the rounds. */
export async function clearAway(
  { store, lanes }: { store: Store; lanes: Lanes },
  removed: readonly Removed[],
): Promise<void> {
  for (const { id, lane, state } of removed) if (state === 'waiting') await lanes.queue(lane).remove(id);
  await forget(
    store,
    removed.flatMap(({ id, state }) => (state === 'baking' ? [] : [id])),
  );
}
