import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  await bakery.startWorker();
});
afterAll(() => bakery.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  bakery.api.inject({ method: 'GET', url: path, headers });
const bake = (payload: object, query = '') =>
  bakery.api.inject({ method: 'POST', url: `/api/v1/here/bake${query}`, payload });
const fresh = (attributes: object = {}) => ({
  cloud_provider_type: 'local',
  base_os: 'bookworm',
  package: 'hello',
  extended_attributes: { nonce: crypto.randomUUID(), ...attributes },
});

test('a bake is RUNNING under one id for both uses, and COMPLETED with its details when it is baked', async () => {
  const body = { ...fresh(), build_info_url: 'https://ci.example/57', build_number: 57, stage_name: 'ignored' };
  const created = await bake(body);
  expect(created.statusCode).toBe(200);
  const { id } = created.json();
  expect(created.json()).toEqual({ id, state: 'RUNNING', result: null, resource_id: id });
  await bakery.reach(id, 'baked');

  expect((await get(`/api/v1/elsewhere/status/${id}`)).json()).toEqual({
    id,
    state: 'COMPLETED',
    result: 'SUCCESS',
    resource_id: id,
  });
  const record = await bakery.queue.find(id);
  const name = record?.recipe.imageName;
  expect((await get(`/api/v1/here/bake/${id}`)).json()).toEqual({
    id,
    ami: `/images/${name}.tar`,
    image_name: name,
    regions: null,
    artifact: {
      type: 'local/image',
      customKind: false,
      name,
      version: null,
      location: 'here',
      reference: `/images/${name}.tar`,
      metadata: { build_info_url: 'https://ci.example/57', build_number: '57' },
      artifactAccount: null,
      provenance: null,
      uuid: id,
    },
    artifacts: [],
  });
  expect((await get(`/api/v1/global/logs/${id}`)).json()).toEqual({ logsContent: 'baking\n' });
  expect((await get(`/api/v1/here/logs/image/${name}`)).json()).toEqual({ logsContent: 'baking\n' });
  const reference = encodeURIComponent(`/images/${name}.tar`);
  expect((await get(`/api/v1/here/logs/image/${reference}`)).json()).toEqual({ logsContent: 'baking\n' });
  expect((await get(`/api/v1/there/logs/image/${name}`)).statusCode).toBe(404);
});

test('the same request is answered by the same bake, and only by a rebake of 1 with another', async () => {
  const body = fresh();
  const { id } = (await bake(body)).json();
  await bakery.reach(id, 'baked');
  expect((await bake(body)).json()).toMatchObject({ id, state: 'COMPLETED', result: 'SUCCESS' });
  expect((await bake(body, '?rebake=true')).json()).toMatchObject({ id });
  expect((await bake(body, '?rebake=1')).json().id).not.toBe(id);
});

test('a failed bake is CANCELED, and says why', async () => {
  const { id } = (await bake(fresh({ end: 'failed' }))).json();
  await bakery.reach(id, 'failed');
  expect((await get(`/api/v1/here/status/${id}`)).json()).toEqual({
    id,
    state: 'CANCELED',
    result: 'FAILURE',
    resource_id: id,
    failure: { class: 'package', message: 'no such package', evidence: ['E: hello'] },
  });
  expect((await get(`/api/v1/here/bake/${id}`)).statusCode).toBe(400);
});

test('a bake is cancelled once, and an ended one stays as it was', async () => {
  const { id } = (await bake(fresh({ end: 'never' }))).json();
  await bakery.reach(id, 'baking');
  const cancelled = await get(`/api/v1/here/cancel/${id}`);
  expect(cancelled.statusCode).toBe(200);
  expect(cancelled.body).toBe(`Canceled bake '${id}'.`);
  await bakery.reach(id, 'cancelled');

  const late = await get(`/api/v1/here/cancel/${id}`);
  expect(late.statusCode).toBe(400);
  expect(late.json()).toMatchObject({ status: 400, message: `Unable to locate incomplete bake with id '${id}'.` });
  expect((await get(`/api/v1/here/status/${id}`)).json()).toEqual({
    id,
    state: 'CANCELED',
    result: 'FAILURE',
    resource_id: id,
  });
});

test('a cancelled bake is so at once and for good, though its worker is slow to stop and has its image by then', async () => {
  const { id } = (await bake(fresh({ end: 'late' }))).json();
  await bakery.reach(id, 'baking');
  expect((await get(`/api/v1/here/cancel/${id}`)).statusCode).toBe(200);
  const canceled = { id, state: 'CANCELED', result: 'FAILURE', resource_id: id };
  expect((await get(`/api/v1/here/status/${id}`)).json()).toEqual(canceled);
  expect((await get(`/api/v1/here/cancel/${id}`)).statusCode).toBe(400);

  await bakery.reach(id, 'baked');
  expect((await get(`/api/v1/here/status/${id}`)).json()).toEqual(canceled);
  expect((await get(`/api/v1/here/bake/${id}`)).statusCode).toBe(400);
  expect((await get(`/bakes/${id}`)).json()).toMatchObject({
    state: 'baked',
    stopReason: 'asked for by a pipeline',
  });
});

test('a look ahead at a cancel cancels nothing', async () => {
  const { id } = (await bake(fresh({ end: 'never' }))).json();
  await bakery.api.inject({ method: 'HEAD', url: `/api/v1/here/cancel/${id}` });
  await bakery.reach(id, 'baking');
  expect(await bakery.queue.find(id)).toMatchObject({ stopping: false });
  await get(`/api/v1/here/cancel/${id}`);
});

test.each([
  ['/api/v1/here/status/gone-1', 400, 'Bad Request', "Unable to retrieve status for 'gone-1'."],
  ['/api/v1/here/bake/gone-2', 400, 'Bad Request', "Unable to retrieve bake details for 'gone-2'."],
  ['/api/v1/here/logs/gone-3', 404, 'Not Found', "Unable to retrieve logs for 'gone-3'."],
  ['/api/v1/here/logs/image/gone-4', 404, 'Not Found', "Unable to retrieve logs for image id 'gone-4'."],
  ['/api/v1/here/cancel/gone-5', 400, 'Bad Request', "Unable to locate incomplete bake with id 'gone-5'."],
])('%s of a bake that never was is answered with %i, in the words pipelines know', async (...expected) => {
  const [path, status, error, message] = expected;
  const answer = await get(path);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toEqual({ timestamp: expect.stringMatching(/^\d{4}-.*\+00:00$/), status, error, message });
});

test('a path of the classic calls that nobody serves has their error body', async () => {
  const answer = await get('/api/v1/here/nothing');
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ status: 404, error: 'Not Found', message: 'No message available' });
});

test('a wrong method has an empty body and the methods there are', async () => {
  const answer = await bakery.api.inject({ method: 'DELETE', url: '/api/v1/here/status/x' });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers['allow']).toBe('GET, HEAD, OPTIONS');
  expect(answer.body).toBe('');
});

test.each([
  ['a provider that is not enabled', { ...fresh(), cloud_provider_type: 'aws' }, "Unknown provider type 'aws'."],
  ['a base that is not there', { ...fresh(), base_os: 'sarge' }, "No virtualization settings found for 'sarge'."],
  ['no base', { ...fresh(), base_os: null }, "No virtualization settings found for 'null'."],
  ['a template out of the tree', { ...fresh(), template_file_name: '../x.json' }, /leaves the template directory/],
  ['attributes that are no text', fresh({ copy_to: ['a'] }), /extended_attributes\.copy_to: is not text/],
  ['an id that cannot be one', { ...fresh(), request_id: '../x' }, /request_id '\.\.\/x' cannot be used/],
])('%s is refused with a message', async (_what, body, message) => {
  const answer = await bake(body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ status: 400, error: 'Bad Request' });
  expect(answer.json().message).toMatch(message);
});

test.each([
  ['a word in another case', '{"cloud_provider_type": "DOCKER"}'],
  ['no JSON', '{'],
  ['no body', ''],
  ['a list', '[]'],
])('%s is refused with an empty body', async (_what, payload) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await bakery.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload, headers });
  expect(answer.statusCode).toBe(400);
  expect(answer.body).toBe('');
});

test('a pipeline may send a stage of several MiB, of which only what is baked counts', async () => {
  const stage = { ...fresh(), trigger: { parentExecution: { stages: ['x'.repeat(4 * 1024 * 1024)] } } };
  expect((await bake(stage)).statusCode).toBe(200);

  const large = await bake(fresh({ note: 'x'.repeat(1024 * 1024) }));
  expect(large.statusCode).toBe(400);
  expect(large.json().message).toContain('larger than 1 MiB together');
  const many = await bake(fresh(Object.fromEntries(Array.from({ length: 40_000 }, (_, at) => [`a${at}`, 'x']))));
  expect(many.statusCode).toBe(400);
  expect(many.json().message).toContain('at most 1000 variables');
});

test('a caller’s own id is the bake’s, once', async () => {
  const id = `mine-${crypto.randomUUID()}`;
  expect((await bake({ ...fresh(), request_id: id })).json()).toMatchObject({ id, resource_id: id });
  const again = await bake({ ...fresh(), request_id: id });
  expect(again.statusCode).toBe(400);
  expect(again.json().message).toContain(`request_id '${id}' is an earlier bake's`);
});

test('a caller’s own id may be a number, and the name of a key that the queue has', async () => {
  for (const id of [Math.floor(Math.random() * 1e9), 'marker']) {
    expect((await bake({ ...fresh(), request_id: id })).json()).toMatchObject({ id: String(id) });
  }
  expect((await bake(fresh())).statusCode).toBe(200);
});

test('the header names the execution that asks, before the body does', async () => {
  const url = '/api/v1/here/bake';
  const headers = { 'X-SPINNAKER-EXECUTION-ID': '01JH' };
  const first = await bakery.api.inject({
    method: 'POST',
    url,
    headers,
    payload: { ...fresh(), spinnaker_execution_id: '02' },
  });
  expect(await bakery.queue.find(first.json().id)).toMatchObject({ execution: '01JH' });
  const second = await bake({ ...fresh(), spinnaker_execution_id: '02' });
  expect(await bakery.queue.find(second.json().id)).toMatchObject({ execution: '02' });
});

test('a request that names no provider is for the one in the settings', async () => {
  const { id } = (await bake({ ...fresh(), cloud_provider_type: null })).json();
  expect(await bakery.queue.find(id)).toMatchObject({ recipe: { provider: 'local' } });
});

const TRIXIE = {
  id: 'trixie',
  shortDescription: '13',
  detailedDescription: 'Debian 13',
  packageType: 'DEB',
  templateFile: null,
  osType: 'linux',
  customRepository: null,
};

test('bake options are what is enabled, in the order of the list, with package types in capitals', async () => {
  expect((await get('/bakeOptions')).json()).toMatchObject([
    { cloudProvider: 'docker', baseImages: [TRIXIE] },
    { cloudProvider: 'local' },
  ]);
  expect((await get('/bakeOptions/docker/')).json()).toEqual({ cloudProvider: 'docker', baseImages: [TRIXIE] });
  expect((await get('/bakeOptions/docker/baseImages/trixie')).json()).toEqual(TRIXIE);
  expect((await get('/bakeOptions/%20docker%20')).json()).toEqual({ cloudProvider: 'docker', baseImages: [TRIXIE] });
});

test.each([
  ['/bakeOptions/oracle', 'Bake options not found. Cloud provider oracle not found'],
  [
    '/bakeOptions/docker/baseImages/zeta',
    "Bake options not found. Can't find base image with id zeta in docker base images: trixie",
  ],
])('%s has the body that pipelines read', async (path, message) => {
  const answer = await get(path);
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toEqual({ error: 'bake.options.not.found', status: 'NOT_FOUND', messages: [message] });
});

test('a provider that is no word is 400 with an empty body', async () => {
  const answer = await get('/bakeOptions/mars');
  expect(answer.statusCode).toBe(400);
  expect(answer.body).toBe('');
});
