import { BakeKey, BakeRecipe, BakeRequest, Ci, hideCredentials, Matches, Variables } from '@bakehouse/bake';
import { z } from 'zod';
import { BakeView, viewBake } from '../bake-view.ts';
import type { Api, Parts } from '../parts.ts';
import { planRequest } from '../plan-request.ts';
import { Problem, refusalProblem, STATUS_OF, TROUBLES } from '../problem.ts';

const Plan = z.object({
  key: BakeKey,
  keyParts: Variables.describe('What the key is made of: where two plans differ here, they are two bakes.'),
  recipe: BakeRecipe.describe('What a worker would run.'),
  bundle: z.object({ digest: z.string(), files: z.array(z.string()) }).describe('The files Packer would find.'),
  lane: z.string(),
  priority: z.number(),
  packages: z.array(z.string()),
  ci: Ci.optional(),
  matches: Matches.optional().describe(
    'Which artifact each package came to be; absent where the request brought none.',
  ),
  existing: BakeView.nullable().describe('The bake that would answer this request; null if it would be baked.'),
});

/** `POST /plan`: shows what a request would come to, and touches nothing. */
export function planBake(api: Api, parts: Parts): void {
  api.post(
    '/plan',
    {
      schema: {
        summary: 'Show what a request would come to',
        description: 'Key, recipe and files, and the bake that would answer it. Nothing is queued or changed.',
        tags: ['bakes'],
        body: BakeRequest,
        querystring: z.strictObject({}),
        response: { 200: Plan, 413: Problem, 415: Problem, ...TROUBLES },
      },
    },
    async (request, reply) => {
      const planned = await planRequest(request.body, {}, parts);
      if (!planned.ok) return reply.code(STATUS_OF[planned.no.code]).send(refusalProblem(planned.no));

      const { key, keyParts, recipe, bundle, lane, priority, packages, ci, matches } = planned.value;
      const existing = await parts.queue.findByKey(key);
      const files = bundle.files.map(({ path }) => path);
      const shown = hideCredentials({ keyParts: { ...keyParts }, recipe, packages: [...packages], ci, matches });
      return reply.send({
        ...shown,
        key,
        bundle: { digest: bundle.digest, files },
        lane,
        priority,
        existing: existing ? viewBake(existing) : null,
      });
    },
  );
}
