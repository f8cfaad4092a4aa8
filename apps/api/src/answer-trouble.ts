import { RedisAway, UnsoundRedis } from '@bakehouse/queue';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ImageSearchAway } from './find-images.ts';
import { type Problem, problem } from './problem.ts';
import { InvalidInput } from './validation.ts';

/** How long a caller does well to wait while Redis, or another that is needed, is away. */
export const RETRY_AFTER_SECONDS = 2;

/** An answer to trouble, before it has the shape of one family of calls. */
export interface Trouble {
  status: number;
  problem: Problem;
}

/** Answers a native call that threw. */
export function answerTrouble(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, problem: body } = troubleOf(error, request, reply);
  return reply.code(status).send(body);
}

/** What a thrown error is to the caller. Logs what the caller cannot mend, and sets `Retry-After` where waiting helps. */
export function troubleOf(error: FastifyError, request: FastifyRequest, reply: FastifyReply): Trouble {
  if (error instanceof InvalidInput) {
    return { status: 400, problem: problem('malformed-request', error.message, error.issues) };
  }
  if (error instanceof RedisAway || error instanceof UnsoundRedis) {
    request.log.warn({ reason: error.message }, 'redis cannot be used');
    reply.header('retry-after', RETRY_AFTER_SECONDS);
    return { status: 503, problem: redisProblem(error) };
  }
  if (error instanceof ImageSearchAway) {
    request.log.warn({ reason: error.message }, 'images cannot be searched for');
    reply.header('retry-after', RETRY_AFTER_SECONDS);
    return { status: 503, problem: problem('image-search-away', error.message) };
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { status, problem: problem(wordOf(status), sentenceOf(error, request)) };
  request.log.error({ err: error }, 'a call failed');
  const message = `the bakery failed at this call, and its log has the reason under request ${request.id}`;
  return { status: 500, problem: problem('internal', message) };
}

function redisProblem(error: RedisAway | UnsoundRedis): Problem {
  if (error instanceof UnsoundRedis) return problem('redis-unsound', error.message);
  const again = `ask again in ${RETRY_AFTER_SECONDS} s`;
  return problem('redis-away', `Redis does not answer, so nothing can be taken or looked up; ${again}`);
}

const MIB = 1024 * 1024;

const WORDS: Readonly<Record<number, string>> = {
  400: 'malformed-request',
  413: 'too-large',
  415: 'unsupported-content',
};

const wordOf = (status: number): string => WORDS[status] ?? 'refused';

function sentenceOf({ code, message }: FastifyError, { routeOptions }: FastifyRequest): string {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return `the body is larger than ${Math.floor(routeOptions.bodyLimit / MIB)} MiB, the most a request may have`;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return 'the body is not JSON; send it with Content-Type: application/json';
  return message;
}
