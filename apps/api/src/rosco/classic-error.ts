import { STATUS_CODES } from 'node:http';
import { explainRefusal, type Refusal } from '@bakehouse/bake';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Trouble, troubleOf } from '../answer-trouble.ts';
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

/** Answers a classic call that threw. */
export function answerClassicTrouble(now: () => Date) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, said } = classicTroubleOf(error, request, reply);
    return reply.code(status).send(said === null ? undefined : classicError(status, said, now()));
  };
}

/** What a thrown error is to a classic caller, as ever: of a request that cannot be read nothing is said, and an image search that refuses lends its status. */
export function classicTroubleOf(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Trouble & { said: string | null } {
  const { status, problem } = troubleOf(error, request, reply);
  const refusal = error instanceof ImageSearchAway ? error.refusal : undefined;
  if (refusal === undefined) return { status, problem, said: status === 400 ? null : problem.message };
  reply.removeHeader('retry-after');
  return { status: refusal, problem, said: problem.message };
}
