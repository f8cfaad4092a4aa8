import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { aRequest, openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
let url: string;

beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  url = await bakery.api.listen({ host: '127.0.0.1', port: 0 });
  await bakery.startWorker();
});
afterAll(() => bakery.close());

test('a follower gets each line with its number, and the end with the state, and the stream ends', async () => {
  const id = await ask({ say: 'one\ntwo\nthree' });
  const answer = await follow(id);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(await answer.text()).toBe(
    'retry: 1000\n\nid: 1\ndata: one\n\nid: 2\ndata: two\n\nid: 3\ndata: three\n\nevent: end\ndata: {"state":"baked"}\n\n',
  );
});

test('a follower who comes back goes on behind the last line it has', async () => {
  const id = await ask({ say: 'one\ntwo\nthree' });
  await bakery.reach(id, 'baked');
  expect(await (await follow(id, { headers: { 'last-event-id': '2' } })).text()).not.toContain('two');
  expect(await (await follow(id, { headers: { 'last-event-id': '2' } })).text()).toContain('id: 3\ndata: three');
});

test('a follower may begin at a line or with the tail', async () => {
  const id = await ask({ say: 'one\ntwo\nthree' });
  await bakery.reach(id, 'baked');
  expect(linesOf(await (await follow(id, { query: '?from=1' })).text())).toEqual(['two', 'three']);
  expect(linesOf(await (await follow(id, { query: '?tail=1' })).text())).toEqual(['three']);
});

test('a line comes while the bake goes on, and the follower who leaves is let go', async () => {
  const id = await ask({ say: 'still at it', end: 'never' });
  const leaving = new AbortController();
  const answer = await follow(id, { signal: leaving.signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('data: still at it')) seen += (await reader?.read())?.value ?? '';

  leaving.abort();

  await expect
    .poll(() => bakery.logged.filter(({ bake, msg }) => bake === id && msg === 'the caller left'))
    .toHaveLength(1);
  await bakery.queue.cancel(id, { reason: 'the test is over', now: new Date() });
});

test('a follower sees a cancelled bake end as cancelled', async () => {
  const id = await ask({ end: 'never' });
  await bakery.reach(id, 'baking');
  const answer = await follow(id);
  await bakery.queue.cancel(id, { reason: 'a test', now: new Date() });
  expect(await answer.text()).toMatch(/event: end\ndata: \{"state":"cancelled"\}\n\n$/);
});

test('a look ahead at a live log ends at once', async () => {
  const id = await ask({ end: 'never' });
  const answer = await fetch(`${url}/bakes/${id}/log`, { method: 'HEAD', headers: { accept: 'text/event-stream' } });
  expect(answer.status).toBe(200);
  await bakery.queue.cancel(id, { reason: 'the test is over', now: new Date() });
});

test('a follower of a bake that never was is told so', async () => {
  const answer = await follow('none');
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: 'unknown-bake' });
});

test('a slow follower of a long log gets all of it', async () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `${index} ${'x'.repeat(500)}`);
  const id = await ask({ say: lines.join('\n') });
  await bakery.reach(id, 'baked');
  const answer = await follow(id);
  // While nobody reads, the api has filled the connection's buffers and has to wait.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(linesOf(await answer.text())).toEqual(lines);
});

test('a server that closes ends its streams, and does not say that the bake has ended', async () => {
  const closing = await openBakery(inject('redisUrl'));
  const there = await closing.api.listen({ host: '127.0.0.1', port: 0 });
  const taken = await closing.api.inject({ method: 'POST', url: '/bakes', payload: aRequest() });
  const answer = await fetch(`${there}/bakes/${taken.json().id}/log`, { headers: { accept: 'text/event-stream' } });

  await closing.close();

  expect(await answer.text()).toBe('retry: 1000\n\n');
});

async function ask(variables: Record<string, string>): Promise<string> {
  const payload = aRequest({ variables: { nonce: crypto.randomUUID(), ...variables } });
  return (await bakery.api.inject({ method: 'POST', url: '/bakes', payload })).json().id;
}

interface FollowOptions {
  query?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const follow = (id: string, { query = '', headers = {}, signal }: FollowOptions = {}): Promise<Response> =>
  fetch(`${url}/bakes/${id}/log${query}`, {
    headers: { accept: 'text/event-stream', ...headers },
    ...(signal ? { signal } : {}),
  });

const linesOf = (events: string): string[] =>
  [...events.matchAll(/^id: \d+\ndata: (.*)$/gm)].map(([, line = '']) => line);
