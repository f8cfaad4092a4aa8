import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';
import { ClassicError, classicError } from './classic-error.ts';

/** `GET /api/v1/{region}/cancel/{id}`: a GET that changes something, because that is what its callers send. */
export function cancelClassicBake(api: Api, { queue, now }: Parts): void {
  api.get(
    '/api/v1/:region/cancel/:id',
    {
      // To ask what a GET would say is not to ask for a cancel.
      exposeHeadRoute: false,
      schema: {
        summary: 'Cancel a bake',
        tags: ['classic'],
        params: z.object({ region: z.string(), id: z.string() }),
        response: {
          200: {
            description: 'It is cancelled, or will be in a moment.',
            content: { 'text/plain': { schema: z.string() } },
          },
          400: ClassicError,
          503: ClassicError,
        },
      },
    },
    async ({ params: { id }, log }, reply) => {
      const { answer } = await queue.cancel(id, { reason: 'asked for by a pipeline', now: now() });
      log.info({ answer }, 'cancel asked');
      if (answer === 'cancelled' || answer === 'stopping') {
        return reply.type('text/plain; charset=utf-8').send(`Canceled bake '${id}'.`);
      }
      return reply.code(400).send(classicError(400, `Unable to locate incomplete bake with id '${id}'.`, now()));
    },
  );
}
