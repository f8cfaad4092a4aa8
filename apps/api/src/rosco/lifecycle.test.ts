import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  await bakery.startWorker();
});
afterAll(() => bakery.close());

const body = (attributes: object = {}) => ({
  cloud_provider_type: 'local',
  base_os: 'bookworm',
  package: 'hello',
  extended_attributes: { nonce: crypto.randomUUID(), ...attributes },
});

interface Asker {
  execution?: string;
  query?: string;
}
const post = (payload: object, { execution, query = '' }: Asker = {}) =>
  bakery.api.inject({
    method: 'POST',
    url: `/api/v1/here/bake${query}`,
    payload,
    headers: execution === undefined ? {} : { 'x-spinnaker-execution-id': execution },
  });
const ask = async (payload: object, asker?: Asker): Promise<string> => (await post(payload, asker)).json().id;
const get = (path: string) => bakery.api.inject({ method: 'GET', url: path });
const status = async (id: string) => {
  const answer = await get(`/api/v1/here/status/${id}`);
  return answer.statusCode === 200 ? [answer.json().state, answer.json().result] : answer.statusCode;
};
const over = (...executions: string[]) =>
  bakery.api.inject({
    method: 'POST',
    url: '/api/v1/bakes/delete-requests',
    payload: { pipelineExecutionIds: executions },
  });
const anExecution = () => crypto.randomUUID();

/** Asks the Redis of these tests as an onlooker would. */
const redis = (...words: string[]): string[] =>
  execFileSync('redis-cli', ['-u', inject('redisUrl'), '--raw', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');

const UNKNOWN = 400;
const RUNNING = ['RUNNING', null];
const COMPLETED = ['COMPLETED', 'SUCCESS'];
const CANCELED = ['CANCELED', 'FAILURE'];

test('five equal calls, one after the other or at once, are one bake', async () => {
  const payload = body({ end: 'never' });
  const first = await ask(payload);
  const more = await Promise.all(Array.from({ length: 4 }, () => ask(payload)));
  expect(new Set([first, ...more]).size).toBe(1);
  const { bakes } = await bakery.queue.list({ key: (await bakery.queue.find(first))?.key, limit: 10 });
  expect(bakes).toHaveLength(1);
  await get(`/api/v1/here/cancel/${first}`);
});

test('what is running or good answers an equal call, what failed or was cancelled does not', async () => {
  const [good, bad, endless] = [body(), body({ end: 'failed' }), body({ end: 'never' })];
  const [baked, failed, running] = await Promise.all([ask(good), ask(bad), ask(endless)]);
  await Promise.all([bakery.reach(baked, 'baked'), bakery.reach(failed, 'failed'), bakery.reach(running, 'baking')]);
  expect((await post(good)).json()).toMatchObject({ id: baked, state: 'COMPLETED', result: 'SUCCESS' });
  expect((await post(endless)).json()).toMatchObject({ id: running, state: 'RUNNING', result: null });
  expect(await ask(bad)).not.toBe(failed);
  await get(`/api/v1/here/cancel/${running}`);
  expect(await ask(endless)).not.toBe(running);
  await bakery.reach(running, 'cancelled');
});

test('a rebake stops the running bake, which ends as CANCELED, and stands in its place', async () => {
  const payload = body({ end: 'never' });
  const old = await ask(payload);
  await bakery.reach(old, 'baking');
  const next = await ask(payload, { query: '?rebake=1' });
  expect(next).not.toBe(old);
  await bakery.reach(old, 'cancelled');
  expect(await status(old)).toEqual(CANCELED);
  expect(await ask(payload)).toBe(next);
  await get(`/api/v1/here/cancel/${next}`);
});

test('a rebake of a good bake leaves it as it was, for those who had it', async () => {
  const payload = body();
  const old = await ask(payload);
  await bakery.reach(old, 'baked');
  const next = await ask(payload, { query: '?rebake=1' });
  await bakery.reach(next, 'baked');
  expect(await status(old)).toEqual(COMPLETED);
  expect((await get(`/api/v1/here/bake/${old}`)).statusCode).toBe(200);
  expect(await ask(payload)).toBe(next);
});

test.each([
  ['baked', {}, COMPLETED],
  ['failed', { end: 'failed' }, CANCELED],
] as const)('a bake that is %s stays so, whatever is cancelled', async (state, attributes, words) => {
  const id = await ask(body(attributes));
  await bakery.reach(id, state);
  const before = await bakery.queue.find(id);
  expect((await get(`/api/v1/here/cancel/${id}`)).statusCode).toBe(400);
  expect(await bakery.queue.find(id)).toEqual(before);
  expect(await status(id)).toEqual(words);
});

test('a bake that was never asked for does not appear by being cancelled', async () => {
  expect((await get('/api/v1/here/cancel/made-up')).statusCode).toBe(400);
  expect(await status('made-up')).toBe(UNKNOWN);
});

test('a bake goes with the last of the executions that it was started for or answered', async () => {
  const [first, second] = [anExecution(), anExecution()];
  const payload = body();
  const id = await ask(payload, { execution: `${first}:stage` });
  await bakery.reach(id, 'baked');
  expect(await ask(payload, { execution: second })).toBe(id);
  await over(first);
  expect(await status(id)).toEqual(COMPLETED);
  expect((await get(`/api/v1/here/bake/${id}`)).statusCode).toBe(200);
  expect(await ask(payload, { execution: second })).toBe(id);
  const image = (await bakery.queue.find(id))?.recipe.imageName;
  expect((await get(`/api/v1/here/logs/image/${image}`)).statusCode).toBe(200);
  await over(second);
  expect(await status(id)).toBe(UNKNOWN);
  expect((await get(`/api/v1/here/logs/${id}`)).statusCode).toBe(404);
  expect((await get(`/api/v1/here/logs/image/${image}`)).statusCode).toBe(404);
  expect(await ask(payload, { execution: second })).not.toBe(id);
  await over(second);
});

test('an execution that is named in the body counts, and the header’s counts before it', async () => {
  const [inBody, inHeader] = [anExecution(), anExecution()];
  const one = await ask({ ...body({ end: 'never' }), spinnaker_execution_id: inBody });
  const two = await ask({ ...body({ end: 'never' }), spinnaker_execution_id: inBody }, { execution: inHeader });
  await over(inBody);
  expect(await status(one)).toBe(UNKNOWN);
  expect(await status(two)).toEqual(RUNNING);
  await over(inHeader);
  expect(await status(two)).toBe(UNKNOWN);
});

test.each(['classic', 'native'] as const)(
  'a bake that a %s call outside executions has joined is never removed with one',
  async (words) => {
    const execution = anExecution();
    const nonce = crypto.randomUUID();
    const payload = { base_os: 'bookworm', package: 'hello', extended_attributes: { nonce } };
    const id = await ask(payload, { execution });
    const native = { provider: 'local', region: 'here', base: 'bookworm', packages: ['hello'], variables: { nonce } };
    const joined =
      words === 'classic'
        ? await ask(payload)
        : (await bakery.api.inject({ method: 'POST', url: '/bakes', payload: native })).json().id;
    expect(joined).toBe(id);
    await over(execution);
    expect(await status(id)).not.toBe(UNKNOWN);
  },
);

test('a running bake of an execution that is over is stopped, and its key starts anew at once', async () => {
  const execution = anExecution();
  const payload = body({ end: 'never' });
  const id = await ask(payload, { execution });
  await bakery.reach(id, 'baking');
  await over(execution);
  expect(await status(id)).toBe(UNKNOWN);
  const next = await ask(payload, { execution });
  expect(next).not.toBe(id);
  await bakery.reach(id, 'cancelled');
  await over(execution);
});

test('of what is over nothing is left in Redis', async () => {
  const alone = await openBakery(inject('redisUrl'));
  try {
    await alone.startWorker();
    const execution = anExecution();
    const headers = { 'x-spinnaker-execution-id': execution };
    const asked = await Promise.all(
      [{}, { end: 'failed' }, { end: 'never' }].map(async (attributes) => {
        const payload = body(attributes);
        return (await alone.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload, headers })).json().id;
      }),
    );
    const [baked, failed, running] = asked;
    await Promise.all([alone.reach(baked, 'baked'), alone.reach(failed, 'failed'), alone.reach(running, 'baking')]);
    const payload = { pipelineExecutionIds: [execution] };
    await alone.api.inject({ method: 'POST', url: '/api/v1/bakes/delete-requests', payload });
    // The one that was running is forgotten by the next rounds.
    await expect.poll(() => alone.queue.find(running), { timeout: 25_000, interval: 200 }).toBeUndefined();

    const ours = redis('KEYS', '*').filter((key) => key.startsWith(alone.prefix));
    const kinds = new Set(ours.map((key) => key.slice(alone.prefix.length + 1).split(':')[0]));
    // BullMQ's own keys are bounded by its options; a bundle that nobody uses has a day to live.
    expect(
      [...kinds]
        .filter((kind) => !['bakes-default', 'bakes-slow', 'rounds', 'worker', 'workers'].includes(`${kind}`))
        .sort(),
    ).toEqual(['bundle', 'sequence']);
    for (const key of ours.filter((each) => each.includes(':bundle:')))
      expect(Number(redis('PTTL', key)[0])).toBeGreaterThan(0);
  } finally {
    await alone.close();
  }
});
