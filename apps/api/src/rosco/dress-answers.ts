import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Api } from '../parts.ts';
import { isClassicCall } from './paths.ts';

/** Lets pages of any origin read the answer, as the classic bakery does; what they may change is another matter. */
export function allowReadingFromAnywhere(reply: FastifyReply): void {
  reply.headers({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST, GET, OPTIONS, DELETE',
    'access-control-max-age': '3600',
    'access-control-allow-headers': 'x-requested-with, content-type',
    'access-control-expose-headers': 'ETag',
  });
}

/** Gives each answer on a classic path the headers of the classic bakery, errors and unknown paths included: so it is for the root of the server. */
export function dressAnswers(api: Api): void {
  api.addHook('onRequest', async (request, reply) => {
    if (isClassicCall(request)) allowReadingFromAnywhere(reply);
  });
  api.addHook('onSend', async (request, reply, payload) => {
    if (!isClassicCall(request)) return payload;
    if (reply.getHeader('content-type') === 'application/json; charset=utf-8')
      reply.header('content-type', 'application/json');
    if (!READS.includes(request.method) || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
    const tag = `"${createHash('sha256').update(payload).digest('hex').slice(0, 32)}"`;
    reply.header('etag', tag);
    if (request.method === 'HEAD' || !knows(request.headers['if-none-match'], tag)) return payload;
    reply.code(304).removeHeader('content-type');
    return null;
  });
}

const READS: readonly string[] = ['GET', 'HEAD'];

/** Pollers that have the answer already get 304 instead of it. A weak tag is as good as a strong one; `*` names no tag, and the classic bakery sends the answer. */
const knows = (tags: string | undefined, tag: string): boolean =>
  [...(tags ?? '').matchAll(/(?:W\/)?("[^"]*")/g)].some(([, known]) => known === tag);
