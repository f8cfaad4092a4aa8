import { randomUUID } from 'node:crypto';
import { afterAll, expect, inject, onTestFinished, test } from 'vitest';
import { jobIdOf } from './names.ts';
import { aBakery, ask, comesTo, inOurHands, untilStopped } from './testing/bakery.ts';
import { aBundle, anImage, aPlan, failing } from './testing/plans.ts';
import { runProgram } from './testing/program.ts';

const bakery = aBakery(inject('redisUrl'));
afterAll(bakery.close);
const queue = await bakery.open({ retention: { days: 3 } });

const asking = (but: Partial<Parameters<typeof queue.submit>[1]> = {}) => ({
  id: randomUUID(),
  now: new Date(),
  ifTwin: 'join' as const,
  ...but,
});

test('two producers that ask for the same image 500 times each, at once, get one bake', async () => {
  const producers = ['a', 'b'].map((name) =>
    runProgram('ask-many', [bakery.redisUrl, bakery.prefix, name, '500', 'race']),
  );
  await Promise.all(producers.map((producer) => producer.line()));
  for (const producer of producers) producer.tell('go\n');
  const answers = (await Promise.all(producers.map((producer) => producer.line()))).flatMap((line) => JSON.parse(line));
  await Promise.all(producers.map((producer) => producer.kill()));

  expect(answers).toHaveLength(1_000);
  expect(answers.filter(({ answer }) => answer === 'taken')).toHaveLength(1);
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect(await queue.list({ key: 'race', limit: 10 })).toMatchObject({ bakes: [{ state: 'waiting' }] });
  expect(await queue.lanes[0]?.getPrioritizedCount()).toBe(1);
  await queue.cancel(answers[0].id, { reason: 'seen', now: new Date() });
});

test('a bake is taken with all that was planned, and reads back the same', async () => {
  const plan = aPlan('whole', { labels: { team: 'a=b' }, ci: { job: 'build', number: '7' }, priority: 3 });
  const now = new Date('2026-01-02T03:04:05.678Z');
  const { answer, bake } = await queue.submit(plan, asking({ id: 'my-own-id', now, execution: 'pipe-1' }));

  expect(answer).toBe('taken');
  expect(bake).toEqual({
    ...{
      id: 'my-own-id',
      key: 'whole',
      lane: 'default',
      priority: 3,
      labels: { team: 'a=b' },
      packages: ['hello'],
      recipe: plan.recipe,
    },
    ...{
      askedAt: '2026-01-02T03:04:05.678Z',
      ci: { job: 'build', number: '7' },
      execution: 'pipe-1',
      attempts: 0,
      state: 'waiting',
    },
  });
  expect(await queue.find('my-own-id')).toEqual(bake);
});

test('what the dashboard shows of a job is its id, its image and its provider', async () => {
  const bake = await ask(queue, 'shown');
  const job = await queue.lanes[0]?.getJob(jobIdOf(bake.id));
  expect(job).toMatchObject({
    name: 'image-of-shown',
    data: { id: bake.id, image: 'image-of-shown', provider: 'local' },
  });
  expect(Object.keys(job?.data)).toHaveLength(3);
});

test('an id that BullMQ would refuse is refused before anything is written', async () => {
  for (const id of ['a:b', '', 'a b'])
    await expect(queue.submit(aPlan(`id ${id}`), asking({ id }))).rejects.toThrow(/cannot be a bake's id/);
  expect(await queue.findByKey('id a:b')).toBeUndefined();
});

test.each([
  ['a number, which BullMQ gives out itself', ['12', '007']],
  [
    'the name of a key that BullMQ has beside its jobs',
    ['meta', 'wait', 'active', 'prioritized', 'marker', 'id', 'events'],
  ],
])('a bake whose id is %s is baked, and so is the next', async (_what, ids) => {
  const own = aBakery(inject('redisUrl'));
  onTestFinished(own.close);
  const queue = await own.open();
  for (const id of ids)
    expect(await queue.submit(aPlan(`of ${id}`), asking({ id }))).toMatchObject({ answer: 'taken', bake: { id } });
  await own.consume({ bake: async ({ id }) => anImage(`/images/${id}`) });
  for (const id of [...ids, (await ask(queue)).id])
    expect(await comesTo(queue, id, 'baked')).toMatchObject({ artifacts: [{ reference: `/images/${id}` }] });
});

test('an id that an earlier bake has is not taken again', async () => {
  const bake = await ask(queue, 'first of that id');
  expect(await queue.submit(aPlan('second of that id'), asking({ id: bake.id }))).toEqual({ answer: 'id-taken', bake });
  expect(await queue.findByKey('second of that id')).toBeUndefined();
});

test('an id that is asked for again with the same request is joined, as long as its bake stands, and not rebaked', async () => {
  const plan = aPlan('asked for twice');
  const bake = await ask(queue, 'asked for twice');
  const again = await queue.submit(plan, asking({ id: bake.id }));
  expect(again).toMatchObject({ answer: 'joined', because: 'twin', bake: { id: bake.id } });
  expect(await queue.submit(plan, asking({ id: bake.id, ifTwin: 'supersede' }))).toMatchObject({ answer: 'id-taken' });
  await queue.cancel(bake.id, { reason: 'enough', now: new Date() });
  expect(await queue.submit(plan, asking({ id: bake.id }))).toMatchObject({ answer: 'id-taken' });
});

test('a repeated call gets its bake whatever became of it, and the same word for another request is told apart', async () => {
  const idempotency = { key: 'call-1', fingerprint: 'f' };
  const first = await queue.submit(aPlan('repeated'), asking({ idempotency }));
  await queue.cancel(first.bake.id, { reason: 'no more', now: new Date() });

  expect(await queue.submit(aPlan('repeated'), asking({ idempotency }))).toMatchObject({
    answer: 'joined',
    because: 'repeat',
    bake: { id: first.bake.id, state: 'cancelled' },
  });
  expect(
    await queue.submit(aPlan('other'), asking({ idempotency: { ...idempotency, fingerprint: 'g' } })),
  ).toMatchObject({
    answer: 'key-reused',
    bake: { id: first.bake.id },
  });
  const left = await bakery.redis.pttl(bakery.names.once('call-1'));
  expect(left).toBeGreaterThan(23 * 3_600_000);
  expect(left).toBeLessThanOrEqual(86_400_000);
});

test('a call that joined a twin is repeated by the twin too', async () => {
  const twin = await ask(queue, 'joined by a call');
  const idempotency = { key: 'call-2', fingerprint: 'f' };
  await queue.submit(aPlan('joined by a call'), asking({ idempotency }));
  await queue.cancel(twin.id, { reason: 'no more', now: new Date() });
  expect(await queue.submit(aPlan('joined by a call'), asking({ idempotency }))).toMatchObject({
    because: 'repeat',
    bake: { id: twin.id },
  });
});

test('a waiting twin that is superseded is cancelled, and the new bake waits in its place', async () => {
  const old = await ask(queue, 'superseded');
  const { answer, bake } = await queue.submit(aPlan('superseded'), asking({ ifTwin: 'supersede' }));
  expect(answer).toBe('taken');
  expect(await queue.find(old.id)).toMatchObject({ state: 'cancelled', reason: `superseded by ${bake.id}` });
  expect(await queue.lanes[0]?.getJob(jobIdOf(old.id))).toBeUndefined();
  expect(await queue.findByKey('superseded')).toMatchObject({ id: bake.id, state: 'waiting' });
});

test('a twin whose job got lost gets it again from the next equal call', async () => {
  const twin = await ask(queue, 'lost job');
  await queue.lanes[0]?.remove(jobIdOf(twin.id));
  await queue.submit(aPlan('lost job'), asking());
  expect(await queue.lanes[0]?.getJob(jobIdOf(twin.id))).toMatchObject({ data: { id: twin.id } });
});

test('a bundle is kept for its users, and a day after the last of them', async () => {
  const bundle = aBundle('kept');
  const [one, two] = [await ask(queue, 'user 1', { bundle }), await ask(queue, 'user 2', { bundle })];
  const left = () => bakery.redis.pttl(bakery.names.bundle(bundle.digest));
  expect(await left()).toBe(-1);
  await queue.cancel(one.id, { reason: '', now: new Date() });
  expect(await left()).toBe(-1);
  await queue.cancel(two.id, { reason: '', now: new Date() });
  expect(await left()).toBeGreaterThan(86_000_000);
  await ask(queue, 'user 3', { bundle });
  expect(await left()).toBe(-1);
});

test('of many first users of a bundle none is turned away', async () => {
  const bundle = aBundle('wanted by many');
  const bakes = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(queue, `wanted ${at}`, { bundle })));
  expect(bakes).toHaveLength(20);
});

test('a key stands for what is baked, and is free again after a failure', async () => {
  const ours = inOurHands();
  const other = aBakery(bakery.redisUrl);
  onTestFinished(other.close);
  const queue = await other.open({ retention: { days: 3 } });
  await other.consume({ bake: ours.bake });

  const bad = await ask(queue, 'key');
  expect(await queue.submit(aPlan('key'), asking())).toMatchObject({
    answer: 'joined',
    because: 'twin',
    bake: { id: bad.id },
  });
  await ours.hand(bad.id);
  ours.end(bad.id, failing('template'));
  await comesTo(queue, bad.id, 'failed');
  expect(await queue.findByKey('key')).toBeUndefined();

  const good = await ask(queue, 'key');
  await ours.hand(good.id);
  ours.end(good.id, anImage('/images/good'));
  await comesTo(queue, good.id, 'baked');
  expect(await queue.submit(aPlan('key'), asking())).toMatchObject({
    answer: 'joined',
    bake: { id: good.id, state: 'baked' },
  });

  const again = await queue.submit(aPlan('key'), asking({ ifTwin: 'supersede' }));
  expect(again.answer).toBe('taken');
  expect(await queue.find(good.id)).toMatchObject({ state: 'baked' });
  expect(await queue.findByKey('key')).toMatchObject({ id: again.bake.id });
});

test('a baking twin that is superseded stops, and its end leaves the key to the new bake', async () => {
  const other = aBakery(bakery.redisUrl);
  onTestFinished(other.close);
  const queue = await other.open();
  await other.consume({ bake: untilStopped, slots: 1 });
  const old = await ask(queue, 'key');
  await comesTo(queue, old.id, 'baking');
  const { bake } = await queue.submit(aPlan('key'), asking({ ifTwin: 'supersede' }));

  expect(await comesTo(queue, old.id, 'cancelled')).toMatchObject({ reason: `superseded by ${bake.id}` });
  await comesTo(queue, bake.id, 'baking');
  expect(await queue.findByKey('key')).toMatchObject({ id: bake.id });
});
