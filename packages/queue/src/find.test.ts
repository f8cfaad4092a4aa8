import { expect, inject, onTestFinished, test } from 'vitest';
import type { BakeQuery } from './bake-queue.ts';
import { aBakery, ask, comesTo } from './testing/bakery.ts';
import { anImage, aPlan } from './testing/plans.ts';

async function open() {
  const bakery = aBakery(inject('redisUrl'));
  onTestFinished(bakery.close);
  return { bakery, queue: await bakery.open() };
}

test('a list is walked page by page, newest first, each bake once, also when bakes come in between', async () => {
  const { queue } = await open();
  const asked: string[] = [];
  for (let at = 0; at < 25; at += 1) asked.push((await ask(queue, `${at}`)).id);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await queue.list({ limit: 10, cursor });
    seen.push(...page.bakes.map(({ id }) => id));
    cursor = page.cursor;
    await ask(queue);
  } while (cursor !== undefined);
  expect(seen).toEqual(asked.toReversed());
});

test('bakes are listed by each of their words, and by several at once', async () => {
  const { bakery, queue } = await open();
  const docker = aPlan('d').recipe;
  const one = await ask(queue, 'one', { labels: { team: 'red', tier: 'web' } });
  const two = await ask(queue, 'two', {
    labels: { team: 'red' },
    recipe: { ...docker, provider: 'docker', imageName: 'two:1' },
  });
  const three = await ask(queue, 'three', { labels: { team: 'blue' } });
  await queue.cancel(three.id, { reason: '', now: new Date() });

  const listed = async (query: Omit<BakeQuery, 'limit'>) =>
    (await queue.list({ ...query, limit: 10 })).bakes.map(({ key }) => key);
  expect(await listed({})).toEqual(['three', 'two', 'one']);
  expect(await listed({ state: 'waiting' })).toEqual(['two', 'one']);
  expect(await listed({ provider: 'docker' })).toEqual(['two']);
  expect(await listed({ label: 'team=red' })).toEqual(['two', 'one']);
  expect(await listed({ label: 'team=red', provider: 'local' })).toEqual(['one']);
  expect(await listed({ label: 'team=blue', state: 'waiting' })).toEqual([]);
  expect(await listed({ key: 'three' })).toEqual(['three']);
  expect(await listed({ image: 'two:1' })).toEqual(['two']);
  expect(await listed({ image: 'no such' })).toEqual([]);
  expect(await queue.counts()).toEqual({ waiting: 2, baking: 0, baked: 0, failed: 0, cancelled: 1 });
  expect(await queue.find(one.id)).toEqual(one);
  expect(await queue.find('nobody')).toBeUndefined();
  expect(two.recipe.provider).toBe('docker');

  // A record that went by time alone does not show, and leaves its index.
  await bakery.redis.del(bakery.names.bake(two.id));
  expect(await listed({ label: 'team=red' })).toEqual(['one']);
  expect(await bakery.redis.zcard(bakery.names.index.label('team=red'))).toBe(1);
});

test('an image leads to the bakes that made it, or are to, by name and by reference, newest first', async () => {
  const { bakery, queue } = await open();
  const of = async (query: Partial<BakeQuery>) => (await queue.list({ limit: 10, ...query })).bakes.map(({ id }) => id);
  const recipe = { ...aPlan('x').recipe, imageName: 'web' };
  const first = await ask(queue, 'first', { recipe });
  await bakery.consume({ bake: async ({ id }) => anImage(`/images/${id}`) });
  await comesTo(queue, first.id, 'baked');
  expect(await of({ image: 'web' })).toEqual([first.id]);
  expect(await of({ image: `/images/${first.id}` })).toEqual([first.id]);

  const second = await ask(queue, 'second', { recipe, lane: 'unserved' });
  expect(await of({ image: 'web' })).toEqual([second.id, first.id]);
  expect(await of({ image: 'web', state: 'baked' })).toEqual([first.id]);
  expect(await of({ image: 'nothing' })).toEqual([]);
});
