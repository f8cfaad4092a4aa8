import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
let quiet: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  quiet = await openBakery(inject('redisUrl'), { more: 'endpoints: { status: { enabled: false } }' });
});
afterAll(() => Promise.all([bakery.close(), quiet.close()]));

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const show = async (path: string) => (await bakery.api.inject(`/status/${path}`)).json();

async function ask(attributes: object = {}): Promise<string> {
  const payload = {
    cloud_provider_type: 'local',
    base_os: 'bookworm',
    extended_attributes: { nonce: crypto.randomUUID(), ...attributes },
  };
  return (await bakery.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload })).json().id;
}

const running = (id: string) => ({ id, state: 'RUNNING', result: null, resource_id: id });

test('a bakery with nothing to do is idle, and names none but itself', async () => {
  expect(await show('instance')).toEqual({ status: 'IDLE', bakes: [] });
  expect(await show('all')).toEqual({ instance: expect.stringMatching(/^[0-9a-f-]{36}@[^@]+$/), instances: {} });
});

test('what waits stands under the api, and what is baked under its worker', async () => {
  const first = await ask({ end: 'never' });
  const { instance, instances } = await show('all');
  expect(instances).toEqual({ [instance]: { status: 'RUNNING', bakes: [running(first)] } });
  await bakery.startWorker();
  await bakery.reach(first, 'baking');
  const [worker] = await bakery.queue.workers();
  expect(worker?.id).toMatch(/^[^@]+@[^@]+$/);
  expect((await show('all')).instances).toEqual({
    [String(worker?.id)]: { status: 'RUNNING', bakes: [running(first)] },
  });
  expect(await show('instance')).toEqual({ status: 'RUNNING', bakes: [running(first)] });

  await bakery.queue.cancel(first, { reason: 'enough', now: new Date() });
  await bakery.reach(first, 'cancelled');
  expect(await show('instance')).toEqual({ status: 'IDLE', bakes: [] });
});

test('a bake that was removed is not listed, but its worker is RUNNING until it has cleared away', async () => {
  const id = await ask({ end: 'late' });
  await bakery.reach(id, 'baking');
  const bake = await bakery.queue.find(id);
  if (bake) await bakery.queue.removeByKey(bake.key, { reason: 'enough', now: new Date() });
  const [worker] = await bakery.queue.workers();
  expect((await show('all')).instances).toEqual({ [String(worker?.id)]: { status: 'RUNNING', bakes: [] } });
  expect(await show('instance')).toEqual({ status: 'RUNNING', bakes: [] });
  await expect.poll(() => show('instance'), { timeout: 5_000 }).toEqual({ status: 'IDLE', bakes: [] });
});

test.each(METHODS)('%s will do, with any body', async (method) => {
  for (const path of ['/status/instance', '/status/all/']) {
    const payload = method === 'GET' ? {} : { payload: 'what, ever', headers: { 'content-type': 'text/x-odd' } };
    const answer = await bakery.api.inject({ method, url: path, ...payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
  }
});

test('the settings turn both off', async () => {
  for (const path of ['/status/instance', '/status/all']) {
    const answer = await quiet.api.inject(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ status: 404, error: 'Not Found', message: 'No message available' });
  }
});

test('more bakes than a page of the queue are all shown', async () => {
  const crowd = await openBakery(inject('redisUrl'));
  const payload = (nonce: number) => ({
    cloud_provider_type: 'local',
    base_os: 'bookworm',
    extended_attributes: { nonce },
  });
  const ids = await Promise.all(
    Array.from({ length: 205 }, async (_, nonce) => {
      const answer = await crowd.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload: payload(nonce) });
      return answer.json().id;
    }),
  );
  const { bakes } = (await crowd.api.inject('/status/instance')).json();
  expect(bakes.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
  await crowd.close();
});
