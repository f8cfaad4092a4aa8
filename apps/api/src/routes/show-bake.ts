import { z } from 'zod';
import { BakeView, viewBake } from '../bake-view.ts';
import { BakeId } from '../name-bake.ts';
import type { Api, Parts } from '../parts.ts';
import { Problem, TROUBLES, unknownBake } from '../problem.ts';

/** `GET /bakes/{id}`: one bake. */
export function showBake(api: Api, { queue }: Parts): void {
  api.get(
    '/bakes/:id',
    {
      schema: {
        summary: 'Show a bake',
        tags: ['bakes'],
        params: BakeId,
        querystring: z.strictObject({}),
        response: { 200: BakeView, 404: Problem, ...TROUBLES },
      },
    },
    async ({ params: { id } }, reply) => {
      const bake = await queue.find(id);
      if (!bake) return reply.code(404).send(unknownBake(id));
      return reply.send(viewBake(bake));
    },
  );
}
