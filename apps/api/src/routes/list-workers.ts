import { WorkerPresence } from '@bakehouse/queue';
import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';
import { TROUBLES } from '../problem.ts';

/** `GET /workers`: who bakes. */
export function listWorkers(api: Api, { queue }: Parts): void {
  api.get(
    '/workers',
    {
      schema: {
        summary: 'List the workers that were heard of within the last seconds',
        tags: ['bakery'],
        querystring: z.strictObject({}),
        response: { 200: z.object({ workers: z.array(WorkerPresence) }), ...TROUBLES },
      },
    },
    async (_request, reply) => reply.send({ workers: await queue.workers() }),
  );
}
