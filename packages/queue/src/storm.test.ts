import { randomUUID } from 'node:crypto';
import { BAKE_STATES } from '@bakehouse/bake';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { BakeQueue } from './bake-queue.ts';
import type { BakeConsumer, BakeEnd, BakeInHand } from './consumer.ts';
import { forgetSurplus } from './forget.ts';
import { openLanes } from './lanes.ts';
import { jobIdOf, OWNERS } from './names.ts';
import { makeRounds } from './rounds.ts';
import { aBakery, pause, until } from './testing/bakery.ts';
import { aBundle, anImage, aPlan, failing } from './testing/plans.ts';

/** What callers and fate do to a bakery. */
const Step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      key: fc.nat(7),
      again: fc.boolean(),
      once: fc.option(fc.nat(3)),
      group: fc.option(fc.nat(2)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), key: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), group: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose the job' as const), which: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change workers' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('walk' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pause' as const), ms: fc.nat(30) }) },
);
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never;

const ENDS: readonly BakeEnd[] = [anImage('/images/x'), failing('template'), failing('network')];

test('whatever is asked, stopped and lost, every bake ends, and every key in Redis has an owner or a time to live', async () => {
  await fc.assert(fc.asyncProperty(fc.array(Step, { minLength: 20, maxLength: 60 }), weather), {
    numRuns: 4,
    endOnFailure: true,
  });
});

async function weather(steps: readonly Step[]): Promise<void> {
  const bakery = aBakery(inject('redisUrl'));
  const store = { redis: bakery.redis, names: bakery.names };
  const lanes = openLanes(store, bakery.onTrouble);
  bakery.closes(() => lanes.close());
  const walk = async () => {
    await makeRounds({ store, lanes, onTrouble: bakery.onTrouble }, new Date());
    await forgetSurplus(store, 10);
  };
  try {
    const queue = await bakery.open({ attempts: 2, retryDelaySeconds: 1, retention: { bakes: 10 } });
    await storm(steps, { queue, walk, consume: () => bakery.consume({ slots: 3, bake: bakeAnyhow }) });
    await until(async () => {
      await walk();
      const { waiting, baking } = await queue.counts();
      return waiting + baking === 0 && (await bakery.redis.exists(bakery.names.unsealed)) === 0;
    }, 'every bake has ended and every log is sealed');
    await walk();
    await everyKeyIsOwned(bakery, queue);
  } finally {
    await bakery.close();
  }
}

/** Ends well or badly, by its id. */
async function bakeAnyhow(hand: BakeInHand): Promise<BakeEnd> {
  await hand.say([`${hand.id} begins`, 'a line']);
  await hand.enter('building');
  await pause(hand.id.charCodeAt(0) % 20);
  return hand.signal.aborted ? 'stopped' : (ENDS[hand.id.charCodeAt(1) % ENDS.length] ?? 'stopped');
}

async function storm(
  steps: readonly Step[],
  { queue, walk, consume }: { queue: BakeQueue; walk: () => Promise<void>; consume: () => Promise<BakeConsumer> },
): Promise<void> {
  const ids: string[] = [];
  let worker = await consume();
  const any = (which: number) => ids[which % Math.max(ids.length, 1)] ?? 'nobody';
  for (const step of steps) {
    switch (step.do) {
      case 'ask':
        ids.push(await askOnce(queue, step));
        break;
      case 'cancel':
        await queue.cancel(any(step.which), { reason: 'storm', now: new Date() });
        break;
      case 'remove':
        await queue.removeByKey(`key ${step.key}`, { reason: 'storm', now: new Date() });
        break;
      case 'release':
        await queue.release([`${step.group}`], { reason: 'storm', now: new Date() });
        break;
      case 'lose the job':
        await queue.lanes[0]?.remove(jobIdOf(any(step.which)));
        break;
      case 'change workers':
        worker.stopNow();
        worker = await consume();
        break;
      case 'walk':
        await walk();
        break;
      case 'pause':
        await pause(step.ms);
    }
  }
}

async function askOnce(
  queue: BakeQueue,
  { key, again, once, group }: { key: number; again: boolean; once: number | null; group: number | null },
): Promise<string> {
  const { bake } = await queue.submit(
    aPlan(`key ${key}`, { bundle: aBundle(`bundle ${key % 3}`), labels: { team: `${key % 2}` } }),
    {
      id: randomUUID(),
      now: new Date(),
      ifTwin: again ? 'supersede' : 'join',
      group: group === null ? undefined : `${group}`,
      idempotency: once === null ? undefined : { key: `once ${once}`, fingerprint: `${key}` },
    },
  );
  return bake.id;
}

/** After the storm: no live bake, so nothing may rest on one. */
async function everyKeyIsOwned(
  { redis, names, prefix, keys }: ReturnType<typeof aBakery>,
  queue: BakeQueue,
): Promise<void> {
  const bakes = new Set((await queue.list({ limit: 200 })).bakes.map(({ id }) => id));
  expect(bakes.size).toBeLessThanOrEqual(10);
  for (const key of await keys()) {
    const kind = key.slice(prefix.length + 1).split(':')[0] ?? '';
    // BullMQ's own: bounded by its options.
    if (/^bakes-default$/.test(kind)) continue;
    expect(Object.keys(OWNERS), key).toContain(kind);
    const isMortal = (await redis.pttl(key)) > 0;
    const isSingle = [names.sequence, names.workers].includes(key);
    const isOfBakes = [names.ended, names.index.all, ...BAKE_STATES.map(names.index.state)].includes(key);
    expect(isMortal || isSingle || isOfBakes, `${key} has an owner or a time to live`).toBe(true);
    if (kind === 'index' || key === names.ended)
      for (const id of await redis.zrange(key, 0, -1)) expect(bakes, `${key} holds ${id}`).toContain(id);
  }
  await queueIsEmpty(queue);
}

async function queueIsEmpty(queue: BakeQueue): Promise<void> {
  const lane = queue.lanes[0];
  await until(async () => (await lane?.getJobCountByTypes('active')) === 0, 'no job is left in hand');
}
