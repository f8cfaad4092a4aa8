import { z } from 'zod';
import { askForBake } from '../ask-for-bake.ts';
import { inNameOf } from '../find-images.ts';
import { nameBake } from '../name-bake.ts';
import type { Api, Parts } from '../parts.ts';
import { ClassicBody, meaningOf } from './bake-body.ts';
import { BakeStatus, toStatus } from './bake-status.ts';
import { ClassicError, classicError } from './classic-error.ts';
import { type ClassicRefusal, idTaken, refusedAs } from './classic-refusal.ts';
import { executionGroup } from './execution-group.ts';
import { readBody } from './read-body.ts';

const Query = z.object({
  rebake: z
    .union([z.string(), z.array(z.string()).transform((words) => words.join(','))])
    .optional()
    .describe('`1`, and only `1`, bakes again although an equal bake stands.'),
});

/** `POST /api/v1/{region}/bake`. Answers at once; a bake that fails later says so in its status. */
export function createClassicBake(api: Api, parts: Parts): void {
  const { catalogue, meters, now } = parts;
  const { defaultProvider } = catalogue.bakery;
  api.post(
    '/api/v1/:region/bake',
    {
      schema: {
        summary: 'Ask for a bake',
        description:
          'Answers at once. A service that is asked for images by name and refuses lends its status, of the 400s.',
        tags: ['classic'],
        params: z.object({ region: z.string() }),
        querystring: Query,
        body: ClassicBody,
        response: { 200: BakeStatus, 400: ClassicError, 403: ClassicError, 503: ClassicError },
      },
      onResponse: async (_request, { statusCode }) => {
        if (statusCode >= 400 && statusCode < 500) meters.requested('refused');
      },
    },
    async (request, reply) => {
      const { body, query, params, headers } = request;
      const refuse = ({ message }: ClassicRefusal) => reply.code(400).send(classicError(400, message, now()));
      const asked = readBody(body, { region: params.region, defaultProvider });
      if (!asked.ok) return refuse(asked.no);

      const { request_id: id, spinnaker_execution_id: ofBody } = meaningOf(body);
      const execution = [headers['x-spinnaker-execution-id']].flat()[0] ?? ofBody;
      const ifTwin = query.rebake === '1' ? 'supersede' : 'join';
      const submission = await askForBake(
        asked.value,
        {
          ifTwin,
          id,
          execution,
          group: executionGroup(execution ?? ''),
          withoutKey: 'leave-open',
          inVain: 'take',
        },
        { ...parts, findImages: inNameOf(headers, parts.findImages) },
      );
      if (!submission.ok) return refuse(refusedAs(submission.no));

      const { answer, bake } = submission.value;
      if (answer === 'id-taken') return refuse(idTaken(bake.id));
      nameBake(request, bake.id);
      return reply.code(200).send(toStatus(bake));
    },
  );
}
