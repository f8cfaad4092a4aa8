import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';
import { PROVIDER_WORDS } from './bake-body.ts';
import { allOptions, BakeOptions, ClassicBaseImage, explainNoOptions, toBaseImage, toOptions } from './bake-options.ts';

/** Orca shows `messages[0]` to its users. */
const OptionsNotFound = z.object({
  error: z.literal('bake.options.not.found'),
  status: z.literal('NOT_FOUND'),
  messages: z.array(z.string()),
});

/** Blanks around the word are passed over, as ever. */
const Provider = z.string().trim().pipe(z.enum(PROVIDER_WORDS));

/** `GET /bakeOptions…`: what pipelines' forms offer. */
export function showOptions(api: Api, { catalogue }: Parts): void {
  const tags = ['classic'];

  api.get(
    '/bakeOptions',
    { schema: { summary: 'List what may be baked', tags, response: { 200: z.array(BakeOptions) } } },
    async (_request, reply) => reply.send(allOptions(catalogue)),
  );

  api.get(
    '/bakeOptions/:provider',
    {
      schema: {
        summary: 'Show what may be baked with a provider',
        tags,
        params: z.object({ provider: Provider }),
        response: { 200: BakeOptions, 404: OptionsNotFound },
      },
    },
    async ({ params: { provider } }, reply) => {
      const offer = catalogue.offers.get(provider);
      if (!offer) return reply.code(404).send(notFound(explainNoOptions(provider, { offer })));
      return reply.send(toOptions(provider, offer));
    },
  );

  api.get(
    '/bakeOptions/:provider/baseImages/:image',
    {
      schema: {
        summary: 'Show a base image',
        tags,
        params: z.object({ provider: Provider, image: z.string() }),
        response: { 200: ClassicBaseImage, 404: OptionsNotFound },
      },
    },
    async ({ params: { provider, image } }, reply) => {
      const offer = catalogue.offers.get(provider);
      const found = offer?.baseImages.find(({ id }) => id === image);
      if (found) return reply.send(toBaseImage(found));
      return reply.code(404).send(notFound(explainNoOptions(provider, { offer, image })));
    },
  );
}

const notFound = (detail: string) => ({
  error: 'bake.options.not.found' as const,
  status: 'NOT_FOUND' as const,
  messages: [`Bake options not found. ${detail}`],
});
