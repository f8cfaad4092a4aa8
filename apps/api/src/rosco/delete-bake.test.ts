import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  await bakery.startWorker();
});
afterAll(() => bakery.close());

const url = '/api/v1/here/bake';
const fresh = (attributes: object = {}) => ({
  cloud_provider_type: 'local',
  base_os: 'bookworm',
  package: 'hello',
  extended_attributes: { nonce: crypto.randomUUID(), ...attributes },
});
const bake = async (payload: object): Promise<string> =>
  (await bakery.api.inject({ method: 'POST', url, payload })).json().id;
const remove = (payload: object, headers: Record<string, string> = {}) =>
  bakery.api.inject({ method: 'DELETE', url, payload, headers });
const get = (path: string) => bakery.api.inject({ method: 'GET', url: path });

test('the bake of a request is deleted, and says so in a sentence', async () => {
  const body = fresh();
  const id = await bake(body);
  await bakery.reach(id, 'baked');
  const key = (await bakery.queue.find(id))?.key;
  const answer = await remove({ ...body, request_id: '?', user: 'somebody', stage_name: 'ignored' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/plain\b/);
  expect(answer.body).toBe(`Deleted bake '${key}' with id '${id}'.`);
  expect((await get(`/bakes/${id}`)).statusCode).toBe(404);

  const again = await remove(body);
  expect(again.statusCode).toBe(400);
  expect(again.json()).toMatchObject({
    status: 400,
    error: 'Bad Request',
    message: `Unable to locate bake with key '${key}'.`,
  });
});

test('the same sentence goes under the name of JSON to a caller who asks for that', async () => {
  const body = fresh();
  const id = await bake(body);
  const answer = await remove(body, { accept: 'application/json' });
  expect(answer.headers['content-type']).toMatch(/^application\/json\b/);
  expect(answer.body).toMatch(new RegExp(`^Deleted bake '.+' with id '${id}'\\.$`));
});

test('in the classic form of the key it is the classic key that is told', async () => {
  const classic = await openBakery(inject('redisUrl'), { more: 'bakehouse: { bakeKey: rosco }' });
  try {
    const payload = { cloud_provider_type: 'docker', base_os: 'trixie', package: 'hello curl' };
    const answer = await classic.api.inject({ method: 'DELETE', url, payload });
    expect(answer.json().message).toBe("Unable to locate bake with key 'bake:docker:trixie:hello|curl'.");
  } finally {
    await classic.close();
  }
});

test('in the classic form of the key a bake is looked for although its base image is offered no more', async () => {
  const classic = await openBakery(inject('redisUrl'), { more: 'bakehouse: { bakeKey: rosco }' });
  try {
    const payload = { cloud_provider_type: 'docker', base_os: 'sarge', package: 'hello' };
    const answer = await classic.api.inject({ method: 'DELETE', url, payload });
    expect(answer.json().message).toBe("Unable to locate bake with key 'bake:docker:sarge:hello'.");
  } finally {
    await classic.close();
  }
});

test('a running bake is stopped, and no pipeline finds it from that moment on', async () => {
  const body = fresh({ end: 'never' });
  const id = await bake(body);
  await bakery.reach(id, 'baking');
  expect((await remove(body)).statusCode).toBe(200);
  for (const path of ['status', 'bake', 'logs', 'cancel']) {
    expect((await get(`/api/v1/here/${path}/${id}`)).statusCode, path).toBe(path === 'logs' ? 404 : 400);
  }
  const next = await bake(body);
  expect(next).not.toBe(id);
  await expect
    .poll(async () => (await get(`/bakes/${id}`)).json(), { timeout: 10_000 })
    .toMatchObject({ state: 'cancelled', removed: true, reason: 'deleted by a pipeline' });
  await expect.poll(async () => (await get(`/bakes/${id}`)).statusCode, { timeout: 25_000 }).toBe(404);
  expect((await get(`/api/v1/here/status/${next}`)).json()).toMatchObject({ state: 'RUNNING' });
  await remove(body);
});

test.each([
  ['a provider that is not enabled', { cloud_provider_type: 'aws' }, "Unknown provider type 'aws'."],
  ['attributes that are no text', { extended_attributes: { copy_to: ['a'] } }, /copy_to: is not text/],
])('%s has no bake to delete, and the message says why', async (_what, members, message) => {
  const answer = await remove({ ...fresh(), ...members });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().message).toMatch(message);
});

test.each(['', '[]', '{', '{"cloud_provider_type": "DOCKER"}'])(
  'the body %s cannot be read, and the answer has none',
  async (payload) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await bakery.api.inject({ method: 'DELETE', url, payload, headers });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toBe('');
  },
);
