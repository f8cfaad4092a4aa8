import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { sendText } from './send-text.ts';

const api = fastify();
api.get('/', (request, reply) => sendText(request, reply, `it's done`));

test.each([
  [undefined, 'text/plain; charset=utf-8'],
  ['*/*', 'text/plain; charset=utf-8'],
  ['text/html, */*;q=0.8', 'text/plain; charset=utf-8'],
  ['application/json', /^application\/json/],
  ['Application/JSON;q=0.9', /^application\/json/],
  ['application/json, text/plain, */*', /^application\/json/],
  ['application/json;q=0.1, text/plain', 'text/plain; charset=utf-8'],
  ['application/json;q=0', 'text/plain; charset=utf-8'],
  ['application/xml', 'text/plain; charset=utf-8'],
  [';;,q=x', 'text/plain; charset=utf-8'],
])('a sentence asked for with Accept %s is the same text, as %s', async (accept, type) => {
  const answer = await api.inject({ url: '/', headers: accept === undefined ? {} : { accept } });
  expect(answer.headers['content-type']).toMatch(type);
  expect(answer.body).toBe("it's done");
});
