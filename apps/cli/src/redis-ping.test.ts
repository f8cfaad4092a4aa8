import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { pingRedis } from './redis-ping.ts';

test('a Redis that serves answers', async () => {
  expect(await pingRedis(inject('redisUrl'), 5000)).toEqual({ ok: true, value: 'pong' });
});

test('a wrong password is told in Redis’ own words', async () => {
  const url = new URL(inject('redisUrl'));
  url.username = 'nobody';
  url.password = 'wrong';
  expect(await pingRedis(url.href, 5000)).toMatchObject({ ok: false, no: expect.stringContaining('WRONGPASS') });
});

test('nobody there, and somebody who says nothing, are a no', async () => {
  expect(await pingRedis('redis://127.0.0.1:1', 5000)).toMatchObject({
    ok: false,
    no: expect.stringContaining('ECONNREFUSED'),
  });
  const silent = createServer((socket) => void socket.resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  expect(await pingRedis(`redis://127.0.0.1:${port}`, 100)).toEqual({ ok: false, no: 'no answer within 0.1 s' });
  await new Promise((resolve) => silent.close(resolve));
});
