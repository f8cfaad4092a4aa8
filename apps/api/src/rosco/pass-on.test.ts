import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { passOn } from './pass-on.ts';

test('a service that takes the call and does not answer is given up after the time there is', async () => {
  const calls: string[] = [];
  const silent = createServer((request) => void calls.push(request.url ?? ''));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const to = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const api = fastify();
  api.post('/late', async (request) =>
    passOn(request, { to, via: 'here', gone: new AbortController().signal, answerWithinMs: 200 }),
  );

  const begun = performance.now();
  const answer = await api.inject({ method: 'POST', url: '/late', payload: {} });

  expect(answer.json()).toEqual({ ok: false, no: 'has not answered within 0.2 s' });
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(calls).toEqual(['/late']);
  await expect.poll(() => new Promise((resolve) => silent.getConnections((_, count) => resolve(count)))).toBe(0);
  await new Promise((resolve) => silent.close(resolve));
});
