import { z } from 'zod';
import { BakeView, viewBake } from '../bake-view.ts';
import { BakeId } from '../name-bake.ts';
import type { Api, Parts } from '../parts.ts';
import { Problem, problem, TROUBLES, unknownBake } from '../problem.ts';

const Reason = z.string().trim().min(1).max(500).optional().describe('Who or what asks; kept on the bake.');

/** `DELETE /bakes/{id}`: cancels a bake. */
export function cancelBake(api: Api, { queue, now }: Parts): void {
  api.delete(
    '/bakes/:id',
    {
      schema: {
        summary: 'Cancel a bake',
        description:
          '200: it is cancelled. 202: its worker has been told, and it is cancelled as soon as Packer has cleared away.',
        tags: ['bakes'],
        params: BakeId,
        querystring: z.strictObject({ reason: Reason }),
        body: z.strictObject({ reason: Reason }).nullish(),
        response: { 200: BakeView, 202: BakeView, 404: Problem, 409: Problem, 413: Problem, 415: Problem, ...TROUBLES },
      },
    },
    async ({ params: { id }, query, body, log }, reply) => {
      const reason = body?.reason ?? query.reason ?? 'asked for over HTTP';
      const cancel = await queue.cancel(id, { reason, now: now() });
      log.info({ answer: cancel.answer, reason }, 'cancel asked');
      switch (cancel.answer) {
        case 'cancelled':
          return reply.code(200).send(viewBake(cancel.bake));
        case 'stopping':
          return reply.code(202).send(viewBake(cancel.bake));
        case 'ended':
          return reply
            .code(409)
            .send(problem('already-ended', `bake ${id} is ${cancel.bake.state} and cannot be cancelled any more`));
        case 'unknown':
          return reply.code(404).send(unknownBake(id));
      }
    },
  );
}
