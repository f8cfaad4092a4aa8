import type { FastifyReply, FastifyRequest } from 'fastify';
import { classicError } from './classic-error.ts';

/** All that the classic bakery says of a path that nobody serves. */
export const NOTHING = 'No message available';

/** Answers what no route takes: a question for the methods of a path, a wrong method, or a path that nobody serves. */
export function answerClassicStranger(
  { method }: FastifyRequest,
  reply: FastifyReply,
  { methods, now }: { methods: readonly string[]; now: () => Date },
): FastifyReply {
  if (methods.length === 0) return reply.code(404).send(classicError(404, NOTHING, now()));
  reply.header('allow', [...methods, 'OPTIONS'].join(', '));
  return reply.code(method === 'OPTIONS' ? 200 : 405).send();
}
