import { pack, stretchesOf } from './log-entries.ts';
import { runScript } from './script.ts';
import { appendScript } from './scripts/append.ts';
import { sealScript } from './scripts/seal.ts';
import type { Store } from './store.ts';

/** How much of a log is kept. */
export interface LogBounds {
  headBytes: number;
  tailBytes: number;
}

export const LOG_BOUNDS: LogBounds = { headBytes: 1 << 20, tailBytes: 4 << 20 };

/** One entry holds so much at most, so that the middle of a log goes in small pieces. */
const ENTRY_BYTES = 64 * 1024;

/** The pen of one run. Lines of a run that has the bake no more are dropped. */
export function openPen(store: Store, { id, run, bounds }: { id: string; run: string; bounds: LogBounds }) {
  let batch = 0;
  return async (lines: readonly string[]): Promise<void> => {
    for (const entry of entriesOf(lines)) {
      batch += 1;
      const { redis, names } = store;
      await runScript(redis, appendScript, {
        keys: [names.bake(id), names.log(id)],
        args: [names.prefix, id, run, batch, entry.join('\n'), entry.length, bounds.headBytes, bounds.tailBytes],
      });
    }
  };
}

/** Compresses an ended bake's log into one value. */
export async function sealLog({ redis, names }: Store, id: string): Promise<void> {
  const entries = await redis.xrange(names.log(id), '-', '+');
  const value = entries.length === 0 ? '' : await pack(stretchesOf(entries));
  await runScript(redis, sealScript, {
    keys: [names.bake(id), names.log(id), names.sealedLog(id)],
    args: [names.prefix, id, value],
  });
}

function* entriesOf(lines: readonly string[]): Generator<string[]> {
  let entry: string[] = [];
  let bytes = 0;
  // A line break inside a line would shift the numbers of all that follow.
  for (const line of lines.flatMap((text) => text.split('\n'))) {
    if (entry.length > 0 && bytes + line.length > ENTRY_BYTES) {
      yield entry;
      entry = [];
      bytes = 0;
    }
    entry.push(line);
    bytes += line.length;
  }
  if (entry.length > 0) yield entry;
}
