import { createHash } from 'node:crypto';
import type { Api, Parts } from '../parts.ts';
import { cancelClassicBake } from './cancel-bake.ts';
import { answerClassicTrouble } from './classic-error.ts';
import { createClassicBake } from './create-bake.ts';
import { lookUpBakes } from './look-up-bakes.ts';
import { showOptions } from './show-options.ts';

/** Whether a path is among those that only callers of the classic bakery know. */
export const isClassic = (path: string): boolean => /^\/(api\/v1|bakeOptions)(\/|$)/.test(path);

/** The calls that pipelines have always made, in their words and with their errors. */
export function serveClassicCalls(api: Api, parts: Parts): void {
  api.setErrorHandler(answerClassicTrouble(parts.now));
  allowReadingFromAnywhere(api);
  tagAnswers(api);

  createClassicBake(api, parts);
  lookUpBakes(api, parts);
  cancelClassicBake(api, parts);
  showOptions(api, parts);
}

/**
 * The headers the classic bakery sends. A browser's question before a POST stays unanswered all the same, so that no web page can start a bake on
 * the bakery of whoever looks at it.
 */
function allowReadingFromAnywhere(api: Api): void {
  api.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, GET, OPTIONS, DELETE',
      'access-control-max-age': '3600',
      'access-control-allow-headers': 'x-requested-with, content-type',
      'access-control-expose-headers': 'ETag',
    });
  });
}

/** Pollers that have the answer already get 304 instead of it. */
function tagAnswers(api: Api): void {
  api.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
    const tag = `"${createHash('sha256').update(payload).digest('hex').slice(0, 32)}"`;
    reply.header('etag', tag);
    if (request.headers['if-none-match'] !== tag) return payload;
    reply.code(304).removeHeader('content-type');
    return null;
  });
}
