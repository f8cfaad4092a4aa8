import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { AnsweringBake, BakeView } from './bake-view.ts';
import { aRequest, openBakery, type TestBakery } from './testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  await bakery.startWorker();
});
afterAll(() => bakery.close());

const call = (method: 'GET' | 'DELETE' | 'PUT', url: string, headers: Record<string, string> = {}) =>
  bakery.api.inject({ method, url, headers });

const post = (url: string, payload: object | string, headers: Record<string, string> = {}) =>
  bakery.api.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...headers } });

/** Differs from every other request, so that no bake answers for it. */
const fresh = (members: { variables?: object } = {}) => {
  const variables = { nonce: crypto.randomUUID(), ...members.variables };
  return { ...aRequest({ ...members, variables }), variables };
};

test('a request is answered before it is baked, with where to look for the bake', async () => {
  const answer = await post('/bakes', fresh());

  expect(answer.statusCode).toBe(202);
  const bake = BakeView.parse(answer.json());
  expect(answer.headers['location']).toBe(`/bakes/${bake.id}`);
  expect(bake.links).toEqual({ self: `/bakes/${bake.id}`, log: `/bakes/${bake.id}/log`, cancel: `/bakes/${bake.id}` });
  await bakery.reach(bake.id, 'baked');
  const shown = await call('GET', `/bakes/${bake.id}`);
  expect(shown.statusCode).toBe(200);
  expect(BakeView.parse(shown.json())).toMatchObject({ state: 'baked', links: { self: `/bakes/${bake.id}` } });
  expect(shown.json().links).not.toHaveProperty('cancel');
});

test('an equal request is answered by the bake that stands for it, and is told so', async () => {
  const request = fresh();
  const first = (await post('/bakes', request)).json();
  await bakery.reach(first.id, 'baked');

  const again = await post('/bakes', request);

  expect(again.statusCode).toBe(200);
  expect(AnsweringBake.parse(again.json())).toMatchObject({ id: first.id, answeredBy: { because: 'twin' } });
  expect(again.json().answeredBy.message).toMatch(/^an equal request was baked at .*\?rebake=1 bakes again$/);
});

test('a rebake is a new bake, and stands for the request from then on', async () => {
  const request = fresh();
  const first = (await post('/bakes', request)).json();
  await bakery.reach(first.id, 'baked');

  const second = await post('/bakes?rebake=1', request);

  expect(second.statusCode).toBe(202);
  expect(second.json().id).not.toBe(first.id);
  expect((await post('/bakes', request)).json().id).toBe(second.json().id);
});

test('a rebake is asked for with 1 or true and nothing else', async () => {
  expect((await post('/bakes?rebake=true', fresh())).statusCode).toBe(202);
  const refused = await post('/bakes?rebake=yes', fresh());
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({ error: 'malformed-request', issues: [{ path: 'rebake' }] });
});

test('a call repeated under its Idempotency-Key gets the same bake, even a cancelled one', async () => {
  const request = fresh({ variables: { end: 'never' } });
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const first = (await post('/bakes', request, headers)).json();
  await call('DELETE', `/bakes/${first.id}`);
  await bakery.reach(first.id, 'cancelled');

  const again = await post('/bakes', request, headers);

  expect(again.statusCode).toBe(200);
  expect(again.json()).toMatchObject({ id: first.id, answeredBy: { because: 'repeat' } });
});

test('a call is the same call whatever the order in which its members were written', async () => {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const request = fresh({ variables: { a: 1, b: 2 } });
  const turned = <T extends object>(members: T) => Object.fromEntries(Object.entries(members).reverse());
  const first = await post('/bakes', request, headers);
  const again = await post('/bakes', turned({ ...request, variables: turned(request.variables) }), headers);
  expect([first.statusCode, again.statusCode]).toEqual([202, 200]);
  expect(again.json().id).toBe(first.json().id);
});

test('an Idempotency-Key that was used for another request is refused with the bake it belongs to', async () => {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const first = (await post('/bakes', fresh(), headers)).json();

  const other = await post('/bakes', fresh(), headers);

  expect(other.statusCode).toBe(409);
  expect(other.json()).toMatchObject({ error: 'idempotency-key-reused', message: expect.stringContaining(first.id) });
});

test.each([['x'.repeat(256)], ['naïve'], ['']])('the Idempotency-Key %j is refused', async (key) => {
  const answer = await post('/bakes', fresh(), { 'idempotency-key': key });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().issues).toEqual([
    { path: 'idempotency-key', message: 'is 1 to 255 printable ASCII characters' },
  ]);
});

test.each([
  ['a name', { variables: { '': 'x' } }, /a variable name is letters, digits, _ \. -/],
  ['a choice', { ci: { number: -1 } }, /expected string.*; or: .*>=0/],
])('%s that does not fit is told by what it was held against', async (_what, members, message) => {
  const answer = await post('/bakes', aRequest(members));
  expect(answer.statusCode).toBe(400);
  expect(answer.json().issues).toEqual([{ path: expect.any(String), message: expect.stringMatching(message) }]);
});

test.each([
  ['a member that is not known', aRequest({ pakages: ['hello'] }), 'pakages'],
  ['a wrong type', aRequest({ packages: 'hello' }), 'packages'],
  ['a wrong item', aRequest({ packages: ['hello', 'two words'] }), 'packages[1]'],
  ['what is missing', { region: 'here', base: 'bookworm' }, 'provider'],
  ['a member within a member', aRequest({ ci: { jbo: 'x' } }), 'ci.jbo'],
  ['a provider that is not offered', aRequest({ provider: 'mars' }), 'provider'],
  ['a base that is not offered', aRequest({ base: 'sarge' }), 'base'],
  ['a lane that does not exist', aRequest({ lane: 'fast' }), 'lane'],
  ['a template that is not there', aRequest({ template: 'other.json' }), 'template'],
  ['a var file out of the tree', aRequest({ varFile: '../../etc/passwd' }), 'varFile'],
])('%s is refused by name, in a bake as in a plan', async (_what, request, path) => {
  for (const url of ['/bakes', '/plan']) {
    const answer = await post(url, request);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: expect.any(String),
      message: expect.stringContaining(path.split('[')[0] ?? ''),
    });
    expect(answer.json().issues).toContainEqual({ path, message: expect.stringMatching(/.{5}/) });
  }
});

test.each([
  ['no JSON', '{"provider": ', /the body is not JSON: ./],
  ['no object', '[]', /expected object/],
  ['nothing', '', /the body is missing; expected object/],
  ['a prototype', '{"__proto__": {"a": 1}}', /a member __proto__ .* no request may have/],
  ['an abyss', `{"variables": {"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, /more than 64 levels/],
])('a body with %s is refused', async (_what, body, message) => {
  const answer = await post('/bakes', body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error: 'malformed-request', message: expect.stringMatching(message) });
  expect(answer.json().issues).toMatchObject([{ path: '' }]);
});

test('a body of one byte more than 1 MiB is not read', async () => {
  const answer = await post('/bakes', `"${'x'.repeat(1024 * 1024 - 1)}"`);
  expect(answer.statusCode).toBe(413);
  expect(answer.json()).toMatchObject({ error: 'too-large', message: expect.stringContaining('1 MiB'), issues: [] });
});

test('a body of exactly 1 MiB is read', async () => {
  const answer = await post('/bakes', `"${'x'.repeat(1024 * 1024 - 2)}"`);
  expect(answer.json()).toMatchObject({
    error: 'malformed-request',
    message: expect.stringContaining('expected object'),
  });
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/yaml'])(
  'a body of type %s is refused',
  async (type) => {
    const answer = await post('/bakes', 'provider=local', { 'content-type': type });
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({
      error: 'unsupported-content',
      message: expect.stringContaining('application/json'),
    });
  },
);

test('a plan shows what would be baked, and touches nothing', async () => {
  const request = fresh();
  const before = await bakery.queue.counts();

  const planned = await post('/plan', request);

  expect(planned.statusCode).toBe(200);
  expect(planned.json()).toMatchObject({
    key: expect.stringMatching(/^[0-9a-f]{64}$/),
    keyParts: { provider: 'local', packages: ['hello'] },
    recipe: { template: 'local.json', imageName: expect.stringContaining('hello') },
    bundle: { files: ['local.json', 'vars.json'] },
    existing: null,
  });
  expect(await bakery.queue.counts()).toEqual(before);
  const { id } = (await post('/bakes', request)).json();
  expect((await post('/plan', request)).json()).toMatchObject({ key: planned.json().key, existing: { id } });
});

test('bakes are listed newest first, filtered, page by page', async () => {
  const labels = { test: crypto.randomUUID() };
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) ids.unshift((await post('/bakes', fresh({ labels } as object))).json().id);
  const url = `/bakes?label=test=${labels.test}&provider=local&limit=2`;

  const first = (await call('GET', url)).json();
  const second = (await call('GET', `${url}&cursor=${first.cursor}`)).json();

  expect([...first.bakes, ...second.bakes].map(({ id }) => id)).toEqual(ids);
  expect(second).not.toHaveProperty('cursor');
  expect((await call('GET', `/bakes?label=test=${labels.test}&provider=docker`)).json()).toEqual({ bakes: [] });
});

test.each([
  ['state=done', 'state'],
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
  ['limit=many', 'limit'],
  ['label=team', 'label'],
  ['cursor=what', 'cursor'],
  ['status=baked', 'status'],
  ['state=baked&state=failed', 'state'],
])('a list of ?%s is refused', async (query, path) => {
  const answer = await call('GET', `/bakes?${query}`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().issues).toMatchObject([{ path }]);
});

test('a waiting bake is cancelled by the time the answer is there, and keeps who asked', async () => {
  const { id } = (await post('/bakes', aRequest({ lane: 'slow', variables: { nonce: crypto.randomUUID() } }))).json();
  const answer = await bakery.api.inject({ method: 'DELETE', url: `/bakes/${id}`, payload: { reason: 'a test' } });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ id, state: 'cancelled', reason: 'a test' });
});

test('a baking one is told to stop, and an ended one stays as it is', async () => {
  const { id } = (await post('/bakes', fresh({ variables: { end: 'never' } }))).json();
  await bakery.reach(id, 'baking');

  const told = await call('DELETE', `/bakes/${id}?reason=enough`);
  expect(told.statusCode).toBe(202);
  expect(told.json()).toMatchObject({ state: 'baking', stopping: true });

  await bakery.reach(id, 'cancelled');
  const late = await call('DELETE', `/bakes/${id}`);
  expect(late.statusCode).toBe(409);
  expect(late.json()).toMatchObject({ error: 'already-ended', message: expect.stringContaining('cancelled') });
  expect((await call('GET', `/bakes/${id}`)).json()).toMatchObject({ reason: 'enough' });
});

test.each([
  ['GET', '/bakes/none'],
  ['DELETE', '/bakes/none'],
  ['GET', '/bakes/none/log'],
] as const)('%s %s is 404 for a bake that never was', async (method, url) => {
  const answer = await call(method, url);
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ error: 'unknown-bake', message: expect.stringContaining('none'), issues: [] });
});

test('a log is text, whole, from a line on, or its tail', async () => {
  const { id } = (await post('/bakes', fresh({ variables: { say: 'one\ntwo\nthree' } }))).json();
  await bakery.reach(id, 'baked');

  const whole = await call('GET', `/bakes/${id}/log`);
  expect(whole.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-log-cursor': '3' });
  expect(whole.body).toBe('one\ntwo\nthree\n');
  expect((await call('GET', `/bakes/${id}/log?from=1`)).body).toBe('two\nthree\n');
  expect((await call('GET', `/bakes/${id}/log?tail=1`)).body).toBe('three\n');
  expect((await call('GET', `/bakes/${id}/log?from=-1`)).statusCode).toBe(400);
});

test('the catalogue has providers, base images and lanes, and no source image', async () => {
  const { body } = await call('GET', '/catalogue');
  expect(JSON.parse(body)).toMatchObject({
    providers: [
      { provider: 'docker', baseImages: [{ id: 'trixie', packageType: 'deb' }] },
      { provider: 'local', baseImages: [{ id: 'bookworm', packageType: 'deb' }] },
    ],
    lanes: [
      { lane: 'default', cap: null },
      { lane: 'slow', cap: 2 },
    ],
  });
  expect(body).not.toContain('debian:trixie');
});

test('the workers are listed with what they have in hand', async () => {
  const { id } = (await post('/bakes', fresh({ variables: { end: 'never' } }))).json();
  await bakery.reach(id, 'baking');
  await expect
    .poll(async () => (await call('GET', '/workers')).json().workers)
    .toMatchObject([{ slots: 4, lanes: ['default'], baking: expect.arrayContaining([id]) }]);
  await call('DELETE', `/bakes/${id}`);
});

test('health is up and ready while Redis is there', async () => {
  expect((await call('GET', '/health')).json()).toEqual({ status: 'UP' });
  expect((await call('GET', '/ready')).json()).toEqual({ status: 'READY' });
});

test('metrics have the answers by route, the requests by what they came to, and the queue', async () => {
  const request = fresh();
  const { id } = (await post('/bakes', request)).json();
  await post('/bakes', request);
  await post('/bakes', {});
  await bakery.reach(id, 'baked');

  const { body, headers } = await call('GET', '/metrics');

  expect(headers['content-type']).toContain('text/plain');
  for (const flavor of ['plain', 'joined', 'rebake', 'refused']) {
    expect(body).toMatch(new RegExp(`bakehouse_bakes_requested_total\\{flavor="${flavor}"\\} [1-9]`));
  }
  expect(body).toMatch(/bakehouse_bakes\{state="baked"\} [1-9]/);
  expect(body).toMatch(/bakehouse_http_request_seconds_count\{method="GET",route="\/bakes\/:id",status="200"\} [1-9]/);
  expect(body).toMatch(/bakehouse_redis_up 1/);
  expect(body).toMatch(/bullmq_job_count\{.*queue="/);
  expect(body.endsWith('\n')).toBe(true);
});

test('a path that nobody serves is told so, and a wrong method what it might be', async () => {
  const neighbour = await call('GET', '/bakes/x/y');
  expect(neighbour.statusCode).toBe(404);
  expect(neighbour.json()).toMatchObject({ error: 'not-found', message: expect.stringContaining('/docs'), issues: [] });
  const stranger = await call('GET', '/bake');
  expect(stranger.statusCode).toBe(404);
  expect(stranger.json()).toMatchObject({ message: 'No message available', error: 'Not Found', status: 404 });
  expect(stranger.json().issues).toEqual([{ path: '', message: expect.stringContaining('/docs') }]);

  const wrong = await call('PUT', '/bakes/x');
  expect(wrong.statusCode).toBe(405);
  expect(wrong.headers['allow']).toBe('DELETE, GET, HEAD');
  expect(wrong.json()).toMatchObject({ error: 'method-not-allowed' });
});

test('a path that cannot be decoded is a problem like any other', async () => {
  const answer = await call('GET', '/bakes/%zz');
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error: 'malformed-request', issues: [] });
});

test('an answer carries the id of its request, the caller’s own where it can stand in a log', async () => {
  expect((await call('GET', '/health', { 'x-request-id': 'mine-1' })).headers['x-request-id']).toBe('mine-1');
  const odd = (await call('GET', '/health', { 'x-request-id': 'two words' })).headers['x-request-id'];
  expect(odd).toMatch(/^[0-9a-f-]{36}$/);
});

test('each line that is about a bake has its id, and no line has a body', async () => {
  const { id } = (await post('/bakes', fresh({ variables: { say: 'hush-hush' } }))).json();
  await call('GET', `/bakes/${id}`);

  const about = bakery.logged.filter((line) => line['bake'] === id);
  expect(about.map(({ method, route, status }) => [method, route, status])).toEqual([
    ['POST', '/bakes', 202],
    ['GET', '/bakes/:id', 200],
  ]);
  expect(about).toMatchObject([{ reqId: expect.any(String) }, { reqId: expect.any(String) }]);
  expect(JSON.stringify(bakery.logged)).not.toContain('hush-hush');
});

test('the dashboard shows the lanes and lets nobody change them', async () => {
  expect((await call('GET', '/admin/queues')).statusCode).toBe(200);
  const { queues } = (await call('GET', '/admin/queues/api/queues')).json();
  expect(queues).toHaveLength(2);
  expect(queues).toMatchObject([{ readOnlyMode: true }, { readOnlyMode: true }]);
  const wrong = await bakery.api.inject({
    method: 'PUT',
    url: `/admin/queues/api/queues/${encodeURIComponent(queues[0].name)}/pause`,
  });
  expect(wrong.statusCode).toBe(405);
});
