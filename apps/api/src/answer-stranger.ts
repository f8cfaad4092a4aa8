import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KnownRoutes } from './allowed-methods.ts';
import { pathOf } from './path-of.ts';
import { problem } from './problem.ts';
import { classicError } from './rosco/classic-error.ts';
import { answerClassicStranger, NOTHING } from './rosco/classic-stranger.ts';
import { allowReadingFromAnywhere } from './rosco/dress-answers.ts';
import { isClassic } from './rosco/paths.ts';

/** Tells a wrong method from a wrong path, to each caller in the words of the calls it knows; a path that is like none of ours is one that the classic bakery would not know either. */
export function answerStranger(routes: KnownRoutes, now: () => Date) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = pathOf(request);
    const methods = routes.methodsOf(path);
    if (isClassic(path)) return answerClassicStranger(request, reply, { methods, now });
    if (methods.length > 0) {
      const wrong = problem('method-not-allowed', `${path} takes ${methods.join(', ')}, not ${request.method}`);
      return reply.code(405).header('allow', methods.join(', ')).send(wrong);
    }
    const nothing = problem('not-found', `there is nothing at ${path}; /docs lists what there is`);
    if (routes.haveNeighbourOf(path)) return reply.code(404).send(nothing);
    allowReadingFromAnywhere(reply);
    const issues = [{ path: '', message: nothing.message }];
    return reply.code(404).send({ ...classicError(404, NOTHING, now()), issues });
  };
}
