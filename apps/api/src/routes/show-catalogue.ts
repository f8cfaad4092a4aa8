import { BaseImage, hideCredentials } from '@bakehouse/bake';
import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';
import { TROUBLES } from '../problem.ts';

const CatalogueView = z.object({
  providers: z.array(z.object({ provider: z.string(), baseImages: z.array(BaseImage) })),
  lanes: z.array(
    z.object({ lane: z.string(), cap: z.number().nullable().describe('Bakes at once over all workers.') }),
  ),
  limits: z.object({ timeoutSeconds: z.number(), idleSeconds: z.number(), graceSeconds: z.number() }),
  bakeKey: z.enum(['honest', 'rosco']),
});

/** `GET /catalogue`: what may be asked for here. */
export function showCatalogue(api: Api, { catalogue: { offers, bakery } }: Parts): void {
  const view = {
    providers: [...offers].map(([provider, { baseImages }]) => ({
      provider,
      baseImages: hideCredentials([...baseImages]),
    })),
    lanes: Object.entries(bakery.lanes).map(([lane, { cap }]) => ({ lane, cap: cap ?? null })),
    limits: bakery.limits,
    bakeKey: bakery.bakeKey,
  };
  api.get(
    '/catalogue',
    {
      schema: {
        summary: 'Show what may be asked for',
        tags: ['bakery'],
        querystring: z.strictObject({}),
        response: { 200: CatalogueView, 400: TROUBLES[400], 500: TROUBLES[500] },
      },
    },
    async (_request, reply) => reply.send(view),
  );
}
