import { z } from 'zod';
import { logText } from '../log-text.ts';
import type { Api, Parts } from '../parts.ts';
import { BakeDetails, toDetails } from './bake-details.ts';
import { BakeStatus, toStatus } from './bake-status.ts';
import { ClassicError, classicError } from './classic-error.ts';

const Params = z.object({ region: z.string(), id: z.string() });
const Logs = z.object({ logsContent: z.string() });

/** The calls that read one bake. The region is there for form's sake, except where it says which image is meant. */
export function lookUpBakes(api: Api, { queue, now }: Parts): void {
  const tags = ['classic'];

  api.get(
    '/api/v1/:region/status/:id',
    {
      schema: {
        summary: 'Show the status of a bake',
        tags,
        params: Params,
        response: { 200: BakeStatus, 400: ClassicError, 503: ClassicError },
      },
    },
    async ({ params: { id } }, reply) => {
      const bake = await queue.find(id);
      if (!bake) return reply.code(400).send(classicError(400, `Unable to retrieve status for '${id}'.`, now()));
      return reply.send(toStatus(bake));
    },
  );

  api.get(
    '/api/v1/:region/bake/:id',
    {
      schema: {
        summary: 'Show what a good bake made',
        tags,
        params: Params,
        response: { 200: BakeDetails, 400: ClassicError, 503: ClassicError },
      },
    },
    async ({ params: { region, id } }, reply) => {
      const bake = await queue.find(id);
      const nothing = `Unable to retrieve bake details for '${id}'.`;
      if (bake?.state !== 'baked' || toStatus(bake).state !== 'COMPLETED')
        return reply.code(400).send(classicError(400, nothing, now()));
      const details = toDetails(bake, region);
      if (details.ok) return reply.send(details.value);
      const elsewhere = `It has no image in region '${region}', but in ${details.no.join(', ')}; ask for one of these.`;
      return reply.code(400).send(classicError(400, `${nothing} ${elsewhere}`, now()));
    },
  );

  api.get(
    '/api/v1/:region/logs/:id',
    {
      schema: {
        summary: 'Read the log of a bake',
        tags,
        params: Params,
        response: { 200: Logs, 404: ClassicError, 503: ClassicError },
      },
    },
    async ({ params: { id } }, reply) => {
      const page = await queue.readLog(id);
      if (page && page.pieces.length > 0) return reply.send({ logsContent: logText(page) });
      return reply.code(404).send(classicError(404, `Unable to retrieve logs for '${id}'.`, now()));
    },
  );

  api.get(
    '/api/v1/:region/logs/image/:image',
    {
      schema: {
        summary: 'Read the log of the bake that made an image',
        tags,
        params: z.object({ region: z.string(), image: z.string() }),
        response: { 200: Logs, 404: ClassicError, 503: ClassicError },
      },
    },
    async ({ params: { region, image } }, reply) => {
      // An image's name can stand for one image in each region.
      const { bakes } = await queue.list({ image, state: 'baked', limit: 200 });
      const bake = bakes.find(({ recipe }) => recipe.region === region);
      const page = bake && (await queue.readLog(bake.id));
      if (page && page.pieces.length > 0) return reply.send({ logsContent: logText(page) });
      return reply.code(404).send(classicError(404, `Unable to retrieve logs for image id '${image}'.`, now()));
    },
  );
}
