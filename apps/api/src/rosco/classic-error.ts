import { STATUS_CODES } from 'node:http';
import { explainRefusal, type Refusal } from '@bakehouse/bake';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { troubleOf } from '../answer-trouble.ts';
import { ImageSearchAway } from '../find-images.ts';

/** The classic bakery's error body. Its callers need `error` and `message` to be text. */
export const ClassicError = z.object({
  timestamp: z.string(),
  status: z.number(),
  error: z.string(),
  message: z.string(),
});
export type ClassicError = z.infer<typeof ClassicError>;

export function classicError(status: number, message: string, now: Date): ClassicError {
  const timestamp = now.toISOString().replace('Z', '+00:00');
  return { timestamp, status, error: STATUS_CODES[status] ?? 'Error', message };
}

/** A refusal in the words that pipelines have always shown, where there are such words. */
export function classicMessage(refusal: Refusal): string {
  if (refusal.code === 'unknown-provider') return `Unknown provider type '${refusal.asked}'.`;
  if (refusal.code === 'unknown-base-image')
    return `No virtualization settings found for '${refusal.asked ?? 'null'}'.`;
  if (refusal.code === 'unknown-region') {
    return `No virtualization settings found for region '${refusal.asked}', operating system '${refusal.base}'${refusal.variant ? `, and vm type '${refusal.variant}'` : ''}. ${explainRefusal(refusal)}`;
  }
  if (refusal.code === 'unknown-account') {
    const account = `Could not resolve ${ACCOUNT_OF[refusal.provider] ?? refusal.provider} account: (account_name=${refusal.asked ?? 'null'}).`;
    return `${account} ${explainRefusal(refusal)}`;
  }
  return explainRefusal(refusal);
}

const ACCOUNT_OF: Readonly<Record<string, string>> = { azure: 'Azure', gce: 'Google', oracle: 'Oracle' };

/** Answers a classic call that threw, as ever: with an empty body where the request could not be read, and with the status of an image search that refuses. */
export function answerClassicTrouble(now: () => Date) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, problem } = troubleOf(error, request, reply);
    const refusal = error instanceof ImageSearchAway ? error.refusal : undefined;
    if (refusal !== undefined)
      return reply
        .removeHeader('retry-after')
        .code(refusal)
        .send(classicError(refusal, problem.message, now()));
    if (status === 400) return reply.code(400).send();
    return reply.code(status).send(classicError(status, problem.message, now()));
  };
}
