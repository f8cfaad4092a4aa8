import { z } from 'zod';
import { RETRY_AFTER_SECONDS } from '../answer-trouble.ts';
import type { Api, Parts } from '../parts.ts';
import { Problem, problem } from '../problem.ts';

/** Whoever asks for health does not wait long: a Redis that hangs is away by then. */
const PING_WITHIN_MS = 500;

/**
 * `GET /health` in the classic bakery's words, for the checks that look for them: an api without its Redis is `DOWN`. `GET /ready` says the same to
 * a load balancer, with the reason. Whether the process lives is seen by either being answered.
 */
export function tellHealth(api: Api, { queue }: Parts): void {
  const redisTrouble = (): Promise<string | undefined> =>
    queue.ping(PING_WITHIN_MS).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  api.get(
    '/health',
    {
      logLevel: 'warn',
      schema: {
        summary: 'Tell whether the bakery is up, as the classic bakery does',
        tags: ['bakery'],
        response: { 200: z.object({ status: z.literal('UP') }), 503: z.object({ status: z.literal('DOWN') }) },
      },
    },
    async (_request, reply) => {
      if (await redisTrouble()) return reply.code(503).send({ status: 'DOWN' });
      return reply.code(200).send({ status: 'UP' });
    },
  );

  api.get(
    '/ready',
    {
      logLevel: 'warn',
      schema: {
        summary: 'Tell whether requests can be taken',
        tags: ['bakery'],
        response: { 200: z.object({ status: z.literal('READY') }), 503: Problem },
      },
    },
    async (_request, reply) => {
      const trouble = await redisTrouble();
      if (trouble === undefined) return reply.code(200).send({ status: 'READY' });
      return reply
        .code(503)
        .header('retry-after', RETRY_AFTER_SECONDS)
        .send(problem('redis-away', `not ready: Redis does not answer (${trouble})`));
    },
  );
}
