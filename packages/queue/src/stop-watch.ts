import type { Ears } from './ears.ts';
import type { Hand } from './hand.ts';
import type { Hands } from './hands.ts';
import { answersOf, type Store } from './store.ts';

/** What was said while this worker could not hear is found by looking this often. */
const LOOK_EVERY_MS = 2_000;

/** Stops hands whose bake was cancelled or is no more, at once by the channel and soon by looking, and those whose bake another run has. Answers how to end the watch. */
export function watchForStops({ store, ears }: { store: Store; ears: Ears }, hands: Hands): () => void {
  const hush = ears.listen(store.names.stop, (id) => {
    for (const hand of hands) if (hand.id === id) hand.stop('cancelled');
  });
  let isLooking = false;
  const look = async () => {
    if (isLooking || hands.ids().length === 0) return;
    isLooking = true;
    await stopWhoMust(store, [...hands]).catch(() => undefined);
    isLooking = false;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    hush();
  };
}

/** Nobody waits for this look, and its errors are those of a connection that tells of them itself. */
async function stopWhoMust({ redis, names }: Store, hands: readonly Hand[]): Promise<void> {
  const reads = redis.pipeline();
  for (const { id } of hands) reads.hmget(names.bake(id), 'state', 'run', 'stopping');
  const records = (await answersOf(reads)) as (string | null)[][];
  for (const [at, hand] of hands.entries()) {
    const [state, run, stopping] = records[at] ?? [];
    if (!state || stopping === '1' || state === 'cancelled') hand.stop('cancelled');
    else if (state === 'baking' && run !== hand.run) hand.stop('lost');
  }
}
