import { instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import { tagOf } from './names.ts';
import type { Producing } from './producing.ts';
import { strides } from './read-records.ts';
import { clearAway, Removed } from './remove.ts';
import { runScript } from './script.ts';
import { releaseScript } from './scripts/release.ts';
import { answersOf, type Store } from './store.ts';

/** Takes execution groups off their bakes, and removes the bakes that nobody else uses. Answers their ids. */
export async function release(
  producing: Producing,
  groups: readonly string[],
  asked: { reason: string; now: Date },
): Promise<string[]> {
  const removed: string[] = [];
  for (const tags of strides([...new Set(groups.map(tagOf))])) {
    for (const tag of await inUse(producing.store, tags)) removed.push(...(await releaseOne(producing, tag, asked)));
  }
  return removed;
}

async function inUse({ redis, names }: Store, tags: readonly string[]): Promise<string[]> {
  const look = redis.pipeline();
  for (const tag of tags) look.exists(names.index.execution(tag));
  const answers = await answersOf(look);
  return tags.filter((_, at) => answers[at] === 1);
}

/** So many bakes in one step, in which Redis does nothing else. */
const AT_ONCE = 100;

async function releaseOne(
  producing: Producing,
  tag: string,
  { reason, now }: { reason: string; now: Date },
): Promise<string[]> {
  const { redis, names } = producing.store;
  const ids: string[] = [];
  while (true) {
    const told = await runScript(redis, releaseScript, {
      keys: [names.index.execution(tag)],
      args: [names.prefix, tag, reason, instantOf(now), now.getTime(), AT_ONCE],
    });
    const [left, removed] = Answer.parse(told);
    await clearAway(producing, removed);
    ids.push(...removed.map(({ id }) => id));
    if (left === 0) return ids;
  }
}

const Answer = z.tuple([z.number(), z.array(Removed)]);
