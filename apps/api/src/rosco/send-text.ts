import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** What `sendText` sends, for the document. */
export const SENTENCE = {
  'text/plain': { schema: z.string() },
  'application/json': { schema: z.unknown().describe('The same sentence as it is, which is no JSON.') },
};

/** Answers with a sentence: as text, or as it is under the name of JSON to a caller who would rather have that, because the classic bakery does so. */
export function sendText({ headers }: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
  return reply.type(prefersJson(headers.accept) ? 'application/json' : 'text/plain; charset=utf-8').send(text);
}

/** The first of the best that the caller names decides. */
function prefersJson(accept = '*/*'): boolean {
  const named = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((word) => word.trim().toLowerCase());
    const quality = Number(parameters.find((word) => word.startsWith('q='))?.slice(2) ?? 1);
    return { type, quality: Number.isNaN(quality) ? 0 : quality };
  });
  const best = named
    .filter(({ type, quality }) => quality > 0 && (JSON_RANGES.includes(type) || TEXT_RANGES.includes(type)))
    .toSorted((one, other) => other.quality - one.quality)[0];
  return best !== undefined && JSON_RANGES.includes(best.type);
}

const JSON_RANGES = ['application/json', 'application/*'];
const TEXT_RANGES = ['text/plain', 'text/*', '*/*'];
