import { BAKE_STATES } from '@bakehouse/bake';
import { z } from 'zod';
import { BakeView, viewBake } from '../bake-view.ts';
import type { Api, Parts } from '../parts.ts';
import { TROUBLES } from '../problem.ts';

const Query = z.strictObject({
  state: z.enum(BAKE_STATES).optional(),
  provider: z.string().min(1).optional(),
  label: z
    .string()
    .regex(/^[^=]+=/, 'is written name=value')
    .optional()
    .describe('`name=value`'),
  key: z.string().min(1).optional(),
  image: z.string().min(1).optional().describe('Name or reference of an image.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,20}$/, 'is not one that a page before gave')
    .optional()
    .describe('From the page before.'),
});

const Page = z.object({
  bakes: z.array(BakeView),
  cursor: z.string().optional().describe('For the next page; absent on the last one.'),
});

/** `GET /bakes`: bakes, newest first. */
export function listBakes(api: Api, { queue }: Parts): void {
  api.get(
    '/bakes',
    {
      schema: {
        summary: 'List bakes, newest first',
        tags: ['bakes'],
        querystring: Query,
        response: { 200: Page, ...TROUBLES },
      },
    },
    async ({ query }, reply) => {
      const { bakes, cursor } = await queue.list(query);
      return reply.send({ bakes: bakes.map(viewBake), ...(cursor === undefined ? {} : { cursor }) });
    },
  );
}
