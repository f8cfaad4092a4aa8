import { instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import { tagOf } from './names.ts';
import type { Producing } from './producing.ts';
import { strides } from './read-records.ts';
import { clearAway, Removed } from './remove.ts';
import { runScript } from './script.ts';
import { releaseScript } from './scripts/release.ts';

/** Takes execution groups off their bakes, and removes the bakes that nobody else uses. Answers their ids. */
export async function release(
  producing: Producing,
  groups: readonly string[],
  asked: { reason: string; now: Date },
): Promise<string[]> {
  const ids: string[] = [];
  for (const tags of strides([...new Set(groups.map(tagOf))])) {
    let left = 1;
    while (left > 0) {
      const step = await releaseSome(producing, tags, asked);
      await clearAway(producing, step.removed);
      ids.push(...step.removed.map(({ id }) => id));
      left = step.left;
    }
  }
  return ids;
}

/** So many bakes in one step, in which Redis does nothing else. */
const AT_ONCE = 100;

async function releaseSome(
  { store: { redis, names } }: Producing,
  tags: readonly string[],
  { reason, now }: { reason: string; now: Date },
): Promise<z.infer<typeof Answer>> {
  const told = await runScript(redis, releaseScript, {
    keys: tags.map(names.index.execution),
    args: [names.prefix, reason, instantOf(now), now.getTime(), AT_ONCE, ...tags],
  });
  return Answer.parse(told);
}

const Answer = z.tuple([z.number(), z.array(Removed)]).transform(([left, removed]) => ({ left, removed }));
