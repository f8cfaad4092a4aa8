import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
let address: string;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  address = await bakery.api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => bakery.close());

const url = '/api/v1/bakes/delete-requests';
const post = (payload: string) =>
  bakery.api.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } });
const bakeFor = async (execution: string): Promise<string> => {
  const payload = { base_os: 'bookworm', package: 'hello', extended_attributes: { nonce: crypto.randomUUID() } };
  const headers = { 'X-Spinnaker-Execution-Id': execution };
  return (await bakery.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload, headers })).json().id;
};
const isThere = async (id: string) => (await bakery.queue.find(id)) !== undefined;

test('executions are released by their group, in whatever form their id comes', async () => {
  const bakes = await Promise.all(['01JH', '02JH:bake-1', '57', 'true', '03JH'].map(bakeFor));
  const answer = await post('{"pipelineExecutionIds": ["01JH", "02JH:other", 57, true, null, "unknown"], "more": 1}');
  expect(answer.statusCode).toBe(200);
  expect(await Promise.all(bakes.map(isThere))).toEqual([false, false, false, false, true]);
});

test.each(['["a"]', '[]', '["", ":x", null]'])('the answer to the list %s has no body at all', async (list) => {
  const answer = await fetch(`${address}${url}`, {
    method: 'POST',
    body: `{"pipelineExecutionIds": ${list}}`,
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-length')).toBe('0');
  expect(answer.headers.has('content-type')).toBe(false);
  expect(answer.headers.has('transfer-encoding')).toBe(false);
  expect(await answer.text()).toBe('');
});

test.each(['{}', '{"pipelineExecutionIds": null}', '{"pipeline_execution_ids": ["a"]}'])(
  '%s names no list, and is told what to send',
  async (body) => {
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      status: 400,
      error: 'Bad Request',
      message: expect.stringContaining('pipelineExecutionIds is missing'),
    });
  },
);

test.each(['', 'null', '[]', '"a"', '{', '{"pipelineExecutionIds": "a"}', '{"pipelineExecutionIds": [["a"]]}'])(
  'the body %s cannot be read, and the answer has none',
  async (body) => {
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toBe('');
  },
);

test('a region may be called bakes, and the call has one method', async () => {
  const payload = { base_os: 'bookworm', package: 'hello' };
  const created = await bakery.api.inject({ method: 'POST', url: '/api/v1/bakes/bake', payload });
  expect(created.json()).toMatchObject({ state: 'RUNNING' });
  expect(await bakery.queue.find(created.json().id)).toMatchObject({ recipe: { region: 'bakes' } });
  expect((await bakery.api.inject({ method: 'GET', url: '/api/v1/bakes/bake/delete-requests' })).json().message).toBe(
    "Unable to retrieve bake details for 'delete-requests'.",
  );
  const wrong = await bakery.api.inject({ method: 'GET', url });
  expect(wrong.statusCode).toBe(405);
  expect(wrong.headers['allow']).toMatch(/^POST\b/);
});
