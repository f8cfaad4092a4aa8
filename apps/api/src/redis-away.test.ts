import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnRedis, startOwnRedis } from '../../../test/support/redis-server.ts';
import { aRequest, openBakery, type TestBakery } from './testing/open-bakery.ts';

let redis: OwnRedis;
let bakery: TestBakery;
beforeAll(async () => {
  redis = await startOwnRedis(['--appendonly', 'yes']);
  bakery = await openBakery(redis.url);
});
afterAll(async () => {
  await bakery.close();
  await redis.remove();
});

const CALLS = [
  ['POST', '/bakes'],
  ['POST', '/plan'],
  ['GET', '/bakes'],
  ['GET', '/bakes/x'],
  ['DELETE', '/bakes/x'],
  ['GET', '/bakes/x/log'],
  ['GET', '/workers'],
  ['GET', '/ready'],
  ['POST', '/api/v1/here/bake'],
  ['GET', '/api/v1/here/status/x'],
  ['GET', '/api/v1/here/bake/x'],
  ['GET', '/api/v1/here/logs/x'],
  ['GET', '/api/v1/here/cancel/x'],
  ['DELETE', '/api/v1/here/bake'],
  ['POST', '/api/v1/bakes/delete-requests'],
  ['GET', '/admin/queues/api/queues'],
] as const;

const call = (method: 'GET' | 'POST' | 'DELETE', url: string) => {
  const isClassic = url.startsWith('/api/v1');
  const body = isClassic
    ? { cloud_provider_type: 'local', base_os: 'bookworm', package: 'hello', pipelineExecutionIds: ['x'] }
    : aRequest();
  const hasBody = method === 'POST' || (method === 'DELETE' && isClassic);
  return bakery.api.inject({ method, url, ...(hasBody ? { payload: body } : {}) });
};

test('while Redis is away each call that needs it says so at once, and when it is back all is well', async () => {
  await redis.stop();

  for (const [method, url] of CALLS) {
    const asked = performance.now();
    const answer = await call(method, url);
    expect(answer.statusCode, `${method} ${url}`).toBe(503);
    expect(Number(answer.headers['retry-after']), `${method} ${url}`).toBeGreaterThan(0);
    expect(answer.json().message, `${method} ${url}`).toMatch(/Redis does not answer/);
    expect(performance.now() - asked, `${method} ${url}`).toBeLessThan(1000);
  }
  expect((await call('GET', '/health')).json()).toEqual({ status: 'DOWN' });
  expect((await call('GET', '/catalogue')).statusCode).toBe(200);
  expect((await call('GET', '/bakeOptions')).statusCode).toBe(200);
  const metrics = await call('GET', '/metrics');
  expect(metrics.statusCode).toBe(200);
  expect(metrics.body).toMatch(/bakehouse_redis_up 0/);
  expect(metrics.body).not.toMatch(/bakehouse_bakes\{/);
  expect(bakery.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);

  await redis.start();

  await expect.poll(async () => (await call('GET', '/ready')).statusCode, { timeout: 10_000 }).toBe(200);
  expect((await call('POST', '/bakes')).statusCode).toBe(202);
});

test('a follower who is cut off by an outage is not told that the bake has ended, and goes on behind its last line', async () => {
  await expect.poll(async () => (await call('GET', '/ready')).statusCode, { timeout: 10_000 }).toBe(200);
  await bakery.startWorker();
  const url = await bakery.api.listen({ host: '127.0.0.1', port: 0 });
  const payload = aRequest({ variables: { nonce: 'outage', say: 'one\ntwo', end: 'never' } });
  const { id } = (await bakery.api.inject({ method: 'POST', url: '/bakes', payload })).json();
  const follow = (last: string) =>
    fetch(`${url}/bakes/${id}/log`, { headers: { accept: 'text/event-stream', 'last-event-id': last } });
  await expect.poll(async () => (await call('GET', `/bakes/${id}/log`)).body).toBe('one\ntwo\n');

  const cutOff = await follow('0');
  await redis.stop();
  const seen = await cutOff.text();
  expect(seen).toContain('id: 2\ndata: two');
  expect(seen).not.toContain('event: end');
  expect((await follow('2')).status).toBe(503);

  await redis.start();
  await expect.poll(async () => (await call('GET', '/ready')).statusCode, { timeout: 10_000 }).toBe(200);
  await call('DELETE', `/bakes/${id}`);
  const rest = await (await follow('2')).text();
  expect(rest).not.toContain('data: two');
  expect(rest).toContain('event: end\ndata: {"state":"cancelled"}');
});
