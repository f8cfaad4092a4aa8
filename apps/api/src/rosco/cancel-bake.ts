import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';
import { toStatus } from './bake-status.ts';
import { ClassicError, classicError } from './classic-error.ts';
import { CANCEL_PATH } from './paths.ts';
import { SENTENCE, sendText } from './send-text.ts';

const Params = z.object({ region: z.string(), id: z.string() });

/** `GET /api/v1/{region}/cancel/{id}`: a GET that changes something, because that is what its callers send. */
export function cancelClassicBake(api: Api, { queue, now }: Parts): void {
  const say = (request: FastifyRequest, reply: FastifyReply, { id, isStopped }: { id: string; isStopped: boolean }) =>
    isStopped
      ? sendText(request, reply, `Canceled bake '${id}'.`)
      : reply.code(400).send(classicError(400, `Unable to locate incomplete bake with id '${id}'.`, now()));

  const isGoing = async (id: string): Promise<boolean> => {
    const bake = await queue.find(id);
    return bake !== undefined && toStatus(bake).state === 'RUNNING';
  };

  api.get(
    CANCEL_PATH,
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Cancel a bake',
        tags: ['classic'],
        params: Params,
        response: {
          200: {
            description: 'It is cancelled, or will be in a moment.',
            content: SENTENCE,
          },
          400: ClassicError,
          403: ClassicError,
          503: ClassicError,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await isGoing(id))) return say(request, reply, { id, isStopped: false });
      const { answer } = await queue.cancel(id, { reason: 'asked for by a pipeline', now: now() });
      request.log.info({ answer }, 'cancel asked');
      return say(request, reply, { id, isStopped: answer === 'cancelled' || answer === 'stopping' });
    },
  );

  // To ask what a GET would say is not to ask for a cancel.
  api.head(CANCEL_PATH, { schema: { hide: true, params: Params } }, async (request, reply) => {
    const { id } = request.params;
    return say(request, reply, { id, isStopped: await isGoing(id) });
  });
}
