import { z } from 'zod';
import { askForBake } from '../ask-for-bake.ts';
import { nameBake } from '../name-bake.ts';
import type { Api, Parts } from '../parts.ts';
import { STATUS_OF } from '../problem.ts';
import { ClassicBody } from './bake-body.ts';
import { BakeStatus, toStatus } from './bake-status.ts';
import { ClassicError, classicError, classicMessage } from './classic-error.ts';
import { toRequest } from './to-request.ts';

const Query = z.object({
  rebake: z.string().optional().describe('`1`, and only `1`, bakes again although an equal bake stands.'),
});

/** A caller's own id becomes part of names in Redis and of links. */
const OWN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** `POST /api/v1/{region}/bake`. Answers at once; a bake that fails later says so in its status. */
export function createClassicBake(api: Api, parts: Parts): void {
  const { catalogue, meters, now } = parts;
  const { defaultProvider } = catalogue.bakery;
  api.post(
    '/api/v1/:region/bake',
    {
      schema: {
        summary: 'Ask for a bake',
        tags: ['classic'],
        params: z.object({ region: z.string() }),
        querystring: Query,
        body: ClassicBody,
        response: { 200: BakeStatus, 400: ClassicError, 503: ClassicError },
      },
      onResponse: async (_request, { statusCode }) => {
        if (statusCode >= 400 && statusCode < 500) meters.requested('refused');
      },
    },
    async (request, reply) => {
      const { body, query, params, headers } = request;
      const refuse = (message: string) => reply.code(400).send(classicError(400, message, now()));
      const { request_id: id } = body;
      if (id !== undefined && !OWN_ID.test(id)) return refuse(unusableId(id));

      const asked = toRequest(body, { region: params.region, defaultProvider });
      if (!asked.ok) return refuse(classicMessage(asked.no));

      const execution = [headers['x-spinnaker-execution-id']].flat()[0] ?? body.spinnaker_execution_id;
      const ifTwin = query.rebake === '1' ? 'supersede' : 'join';
      const submission = await askForBake(
        asked.value,
        { ifTwin, id, execution, withoutKey: 'leave-open', inVain: 'take' },
        parts,
      );
      if (!submission.ok)
        return reply.code(STATUS_OF[submission.no.code]).send(classicError(400, classicMessage(submission.no), now()));

      const { answer, bake } = submission.value;
      if (answer === 'id-taken')
        return refuse(`request_id '${bake.id}' is an earlier bake's; leave it out, or use another.`);
      nameBake(request, bake.id);
      return reply.code(200).send(toStatus(bake));
    },
  );
}

const unusableId = (id: string): string =>
  `request_id '${id}' cannot be used: it is up to 64 letters, digits, - and _, and begins with a letter or digit.`;
