import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';
import { ClassicError, classicError } from './classic-error.ts';
import { executionGroup } from './execution-group.ts';

/** Texts as the classic bakery's reader takes them: numbers and switches are written out, and null among them is none. */
const Ids = z.array(z.union([z.string(), z.number(), z.boolean()]).nullable());

const Body = z.object({
  pipelineExecutionIds: Ids.nullish().describe('Executions that are over; unknown ones are fine.'),
});

/** `POST /api/v1/bakes/delete-requests`: executions are cleared away, and with them the bakes that nobody else uses. */
export function takeDeleteRequests(api: Api, { queue, now }: Parts): void {
  api.post(
    '/api/v1/bakes/delete-requests',
    {
      schema: {
        summary: 'Delete the bakes of executions',
        description:
          'Bakes that others use too are spared: other executions, and callers outside executions. One that is running is stopped.',
        tags: ['classic'],
        body: Body,
        response: {
          200: z.null().optional().describe('They are gone; the body is empty.'),
          400: ClassicError,
          403: ClassicError,
          503: ClassicError,
        },
      },
    },
    async ({ body, log }, reply) => {
      const ids = body.pipelineExecutionIds;
      if (!ids) return reply.code(400).send(classicError(400, NO_IDS, now()));

      const groups = ids.flatMap((id) => (id === null ? [] : [executionGroup(String(id))]));
      const bakes = await queue.release(groups, { reason: 'deleted with the last execution that used it', now: now() });
      if (bakes.length > 0) log.info({ bakes }, 'bakes of executions deleted');
      return reply.code(200).send(undefined);
    },
  );
}

const NO_IDS =
  'pipelineExecutionIds is missing; name the executions whose bakes shall go, as {"pipelineExecutionIds": ["01JH…"]}';
