import { execFileSync } from 'node:child_process';
import { readSealingKey, unseal } from '@bakehouse/bake';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { aRequest, openBakery, type TestBakery } from './testing/open-bakery.ts';

const key = readSealingKey('b7'.repeat(32));
const sealing = key.ok ? key.value : undefined;
if (!sealing) throw new Error('the key of this test is none');
const more = 'local: { bakeryDefaults: { maskedPackerParameters: [estate] } }';

let keyed: TestBakery;
let keyless: TestBakery;
beforeAll(async () => {
  keyed = await openBakery(inject('redisUrl'), { more, sealing });
  keyless = await openBakery(inject('redisUrl'), { more });
});
afterAll(async () => {
  await keyed.close();
  await keyless.close();
});

const post = (
  { api }: TestBakery,
  url: string,
  { headers = {}, ...payload }: Record<string, unknown> & { headers?: Record<string, string> },
) => api.inject({ method: 'POST', url, payload, headers });

/** Words of their own for each call, so that nothing else holds them. */
function secrets() {
  const nonce = crypto.randomUUID();
  return { words: `plum-${nonce}`, variables: { db_password: `plum-${nonce}`, estate: [`plum-${nonce}`, 7], nonce } };
}
const NAMES = ['db_password', 'estate'];

/** Asks the Redis of these tests as an onlooker would. */
const redis = (...words: string[]): string =>
  execFileSync('redis-cli', ['-u', inject('redisUrl'), '--raw', ...words], { encoding: 'latin1' });

const keysOf = ({ prefix }: TestBakery): string[] =>
  redis('KEYS', '*')
    .split('\n')
    .filter((name) => name.startsWith(prefix));

/** What a bakery has in Redis, whatever its kind: as Redis keeps it, and hashes as they read. */
const dump = (bakery: TestBakery): string =>
  keysOf(bakery)
    .map((name) => `${name} ${redis('DUMP', name)} ${redis('HGETALL', name)}`)
    .join('\n');

const confided = ({ prefix }: TestBakery, id: string): string =>
  redis('HGET', `${prefix}:bake:${id}`, 'confided').trim();

const metric = async (bakery: TestBakery) => {
  const { body } = await bakery.api.inject({ method: 'GET', url: '/metrics' });
  return Number(/^bakehouse_secrets_left_open_total (\d+)$/m.exec(body)?.[1]);
};

test('secrets of a request are sealed for the bake, and no answer, no record and no log has them', async () => {
  const { words, variables } = secrets();
  const created = await post(keyed, '/bakes', aRequest({ variables }));
  expect(created.statusCode).toBe(202);
  const { id, recipe } = created.json();
  expect(recipe).toMatchObject({ confidential: NAMES, variables: { nonce: variables.nonce } });

  const sealed = confided(keyed, id);
  expect(unseal(sealed, { key: sealing, place: id })).toEqual({
    ok: true,
    value: { db_password: variables.db_password, estate: variables.estate },
  });

  const answers = [
    ...(await Promise.all([
      post(keyed, '/bakes', aRequest({ variables })),
      post(keyed, '/plan', aRequest({ variables })),
      keyed.api.inject({ method: 'GET', url: `/bakes/${id}` }),
      keyed.api.inject({ method: 'GET', url: '/bakes' }),
      keyed.api.inject({ method: 'GET', url: `/api/v1/here/status/${id}` }),
    ])),
    // After the others: a bake that is cancelled answers nobody.
    await keyed.api.inject({ method: 'DELETE', url: `/bakes/${id}` }),
  ];
  for (const answer of answers) {
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain(words);
  }
  expect(answers[0]?.json()).toMatchObject({ id, answeredBy: { because: 'twin' } });
  expect(answers[1]?.json()).toMatchObject({
    existing: { id },
    keyParts: { confidential: { db_password: expect.stringMatching(/^[\w-]{43}$/) } },
  });
  expect(dump(keyed)).not.toContain(words);
  expect(JSON.stringify(keyed.logged)).not.toContain(words);
});

test('a request with another secret is another bake, and another request under its Idempotency-Key', async () => {
  const { words, variables } = secrets();
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const first = await post(keyed, '/bakes', { ...aRequest({ variables }), headers });
  const again = await post(keyed, '/bakes', { ...aRequest({ variables }), headers });
  expect(again.json()).toMatchObject({ id: first.json().id, answeredBy: { because: 'repeat' } });

  const other = aRequest({ variables: { ...variables, db_password: 'pear' } });
  expect((await post(keyed, '/bakes', { ...other, headers })).statusCode).toBe(409);
  expect((await post(keyed, '/bakes', other)).statusCode).toBe(202);
  expect(dump(keyed)).not.toContain(words);
});

test('without a key a native call is refused, by the variables and what to do, and nothing is kept', async () => {
  const { words, variables } = secrets();
  for (const url of ['/bakes', '/plan']) {
    const answer = await post(keyless, url, aRequest({ variables }));
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: 'unsealable',
      message: expect.stringMatching(/^the value of db_password, estate is secret.*BAKEHOUSE_SEALING_KEY_FILE/),
      issues: NAMES.map((name) => ({ path: `variables.${name}` })),
    });
    expect(answer.body).not.toContain(words);
  }
  expect(dump(keyless)).not.toContain(words);
  expect((await post(keyless, '/bakes', aRequest({ variables: { nonce: variables.nonce } }))).statusCode).toBe(202);
});

test('without a key a classic call is taken, warned of and counted, and its secrets show nowhere but to the worker', async () => {
  const { words, variables } = secrets();
  const body = { cloud_provider_type: 'local', base_os: 'bookworm', package: 'hello', extended_attributes: variables };
  const before = await metric(keyless);
  const created = await post(keyless, '/api/v1/here/bake', body);
  expect(created.statusCode).toBe(200);
  const { id } = created.json();
  expect((await post(keyless, '/api/v1/here/bake', body)).json()).toMatchObject({ id });

  expect(await metric(keyless)).toBe(before + 1);
  const warnings = keyless.logged.filter(({ level, bake }) => level === 40 && bake === id);
  expect(warnings).toMatchObject([{ variables: NAMES, msg: expect.stringContaining('BAKEHOUSE_SEALING_KEY_FILE') }]);
  expect(JSON.stringify(keyless.logged)).not.toContain(words);

  const open = confided(keyless, id);
  expect(unseal(open, { key: undefined, place: id })).toMatchObject({ value: { db_password: words } });
  for (const url of [`/bakes/${id}`, '/bakes', `/api/v1/here/status/${id}`])
    expect((await keyless.api.inject({ method: 'GET', url })).body).not.toContain(words);
  await keyless.api.inject({ method: 'DELETE', url: `/bakes/${id}` });
  expect(dump(keyless)).not.toContain(words);
});

test('with a key a classic call has its secrets sealed, and nothing to be warned of', async () => {
  const { words, variables } = secrets();
  const body = { cloud_provider_type: 'local', base_os: 'bookworm', package: 'hello', extended_attributes: variables };
  const created = await post(keyed, '/api/v1/here/bake', body);
  expect(created.statusCode).toBe(200);
  expect(await metric(keyed)).toBe(0);
  expect(keyed.logged.filter(({ level }) => level === 40)).toEqual([]);
  expect(dump(keyed)).not.toContain(words);
});
