import type { Ears } from './ears.ts';
import type { LogEvent } from './log-page.ts';
import { readAfter } from './read-log.ts';
import type { Store } from './store.ts';

/** What is said while Redis was away, or before we listened, is found by looking this often. */
const LOOK_EVERY_MS = 1_000;

/** The log from a line on, as it grows, until the bake has ended and its last line was told. */
export async function* followLog(
  { store, ears }: { store: Store; ears: Ears },
  id: string,
  { after, signal }: { after: number; signal: AbortSignal },
): AsyncGenerator<LogEvent> {
  const bell = aBell(signal);
  const hush = ears.listen(store.names.said(id), bell.ring);
  try {
    let cursor = after;
    while (!signal.aborted) {
      const reading = await readAfter(store, id, cursor);
      if (!reading) return;
      yield* reading.pieces;
      cursor = reading.cursor;
      if (!reading.exhausted) continue;
      // The state was read together with the lines, so an ended bake's last line has been told.
      if (reading.state !== 'waiting' && reading.state !== 'baking') {
        yield { end: reading.state };
        return;
      }
      await bell.heard();
    }
  } finally {
    hush();
    bell.remove();
  }
}

/** Wakes its waiter when it rings, rang since the last wait, has been silent for long, or the signal fires. */
function aBell(signal: AbortSignal) {
  let rang = false;
  let wake = () => {};
  const ring = () => {
    rang = true;
    wake();
  };
  signal.addEventListener('abort', ring);
  return {
    ring,
    heard: async () => {
      if (!rang) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_EVERY_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rang = false;
    },
    remove: () => signal.removeEventListener('abort', ring),
  };
}
