import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
});
afterAll(() => bakery.close());

const post = (url: string, payload: object | string) =>
  bakery.api.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } });
const plan = (payload: object | string) => post('/plan/classic/here', payload);

const body = (members: object = {}) => ({
  cloud_provider_type: 'local',
  base_os: 'bookworm',
  package: 'hello world',
  ami_suffix: '20300102030405',
  stage_name: 'ignored',
  ...members,
});

test('a plan is what the classic create would bake, with the key of either bakery, and nothing is queued', async () => {
  const planned = await plan(body({ extended_attributes: { nonce: crypto.randomUUID(), copy_to: 'a,b' } }));
  expect(planned.statusCode).toBe(200);
  expect(planned.json()).toMatchObject({
    status: 200,
    classicKey: 'bake:local:bookworm:hello|world',
    key: expect.stringMatching(/^[0-9a-f]{64}$/),
    packages: ['hello', 'world'],
    recipe: { imageName: 'hello-all-20300102030405-bookworm', region: 'here', variables: { copy_to_2: 'b' } },
    bundle: { files: expect.arrayContaining(['local.json']) },
  });
  await sleep(50);
  expect((await bakery.queue.list({ limit: 10 })).bakes).toEqual([]);
});

test('the key is the one that the create of the same body bakes under', async () => {
  const payload = body({ extended_attributes: { nonce: crypto.randomUUID() } });
  const { key } = (await plan(payload)).json();
  const { id } = (await post('/api/v1/here/bake', payload)).json();
  expect((await bakery.queue.find(id))?.key).toBe(key);
});

test.for([
  ['an unknown base image', body({ base_os: 'mars' }), 'unknown-base-image', 'bake:local:mars:hello|world'],
  ['a provider that is off', body({ cloud_provider_type: 'oracle' }), 'unknown-provider', null],
  [
    'a template outside',
    body({ template_file_name: '../x.json' }),
    'unsafe-path',
    'bake:local:bookworm:../x.json:hello|world',
  ],
  ['a request_id that is none', body({ request_id: 'a b' }), 'unusable-id', null],
  ['attributes of the wrong kind', body({ extended_attributes: { copy_to: 5 } }), 'malformed-request', null],
] as const)('%s is refused in the words of the create', async ([_what, payload, code, key]) => {
  const planned = (await plan(payload)).json();
  const created = await post('/api/v1/here/bake', payload);
  expect(planned).toEqual({
    status: created.statusCode,
    message: created.json().message,
    code,
    classicKey: key,
  });
});

test('a request_id that names a bake is refused, as the create refuses it', async () => {
  const request_id = crypto.randomUUID();
  const payload = body({ request_id, extended_attributes: { nonce: request_id } });
  expect((await plan(payload)).json()).toMatchObject({ status: 200 });
  await post('/api/v1/here/bake', payload);
  expect((await plan(payload)).json()).toMatchObject({ status: 400, code: 'id-taken' });
});

test.each([
  ['no JSON', '{', 400],
  ['a list', '[]', 400],
  ['a word that is none', JSON.stringify(body({ vm_type: 'HVM' })), 400],
  ['more than a request may have', JSON.stringify(body({ package: 'x'.repeat(16 * 1024 * 1024) })), 413],
  ['more than a bake may keep', JSON.stringify(body({ extended_attributes: { a: 'x'.repeat(1024 * 1024) } })), 400],
])('a body that is %s is planned as the refusal of the create', async (_what, payload, status) => {
  const planned = await plan(payload);
  const created = await post('/api/v1/here/bake', payload);
  expect(planned.statusCode).toBe(200);
  expect(created.statusCode).toBe(status);
  expect(planned.json()).toMatchObject({ status, classicKey: null });
  expect(planned.json().message).toBe(created.body === '' ? null : created.json().message);
});

test('a secret of the request is in no answer', async () => {
  const planned = await plan(body({ extended_attributes: { db_password: 'hunter2' } }));
  expect(planned.json()).toMatchObject({ status: 200, recipe: { confidential: ['db_password'] } });
  expect(planned.body).not.toContain('hunter2');
});
