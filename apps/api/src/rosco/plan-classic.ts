import {
  BakeKey,
  BakeRecipe,
  type BakeRequest,
  Ci,
  classicKeyOf,
  hideCredentials,
  no,
  type Result,
  Variables,
  yes,
} from '@bakehouse/bake';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inNameOf } from '../find-images.ts';
import type { Api, Parts } from '../parts.ts';
import { planRequest } from '../plan-request.ts';
import { Problem } from '../problem.ts';
import { ClassicBody, meaningOf } from './bake-body.ts';
import { classicTroubleOf } from './classic-error.ts';
import { type ClassicRefusal, idTaken, refusedAs } from './classic-refusal.ts';
import { LARGEST_STAGE, readBody } from './read-body.ts';

const Taken = z.object({
  status: z.literal(200),
  key: BakeKey,
  keyParts: Variables.describe('What the key is made of: where two plans differ here, they are two bakes.'),
  classicKey: BakeKey.describe('The key that the classic bakery gives such a request, whatever `bakeKey` says.'),
  recipe: BakeRecipe.describe('What a worker would run.'),
  bundle: z.object({ digest: z.string(), files: z.array(z.string()) }).describe('The files Packer would find.'),
  packages: z.array(z.string()),
  ci: Ci.optional(),
});
type Taken = z.infer<typeof Taken>;

const Refused = z.object({
  status: z.number().describe('400, unless the body is too large or no JSON at all, or the image search refuses.'),
  code: z.string().describe('One word per kind of refusal.'),
  message: z.string().nullable().describe('The text of the error; null where the create would answer without a body.'),
  classicKey: BakeKey.nullable().describe('The classic bakery has a key for some requests that cannot be baked.'),
});

const Planned = z.union([Taken, Refused]);

/** `POST /plan/classic/{region}`: what the classic create would answer to the same body, and touches nothing. */
export function planClassicBake(api: Api, parts: Parts): void {
  const { catalogue } = parts;
  api.post(
    '/plan/classic/:region',
    {
      schema: {
        summary: 'Show what a classic request would come to',
        description:
          'The body is that of `POST /api/v1/{region}/bake`; `status` is what that call would answer. Nothing is queued or changed.',
        tags: ['bakes'],
        params: z.object({ region: z.string() }),
        querystring: z.strictObject({}),
        body: ClassicBody,
        response: { 200: Planned, 500: Problem, 503: Problem },
      },
      bodyLimit: LARGEST_STAGE,
      errorHandler: answerThrown,
    },
    async ({ body, headers, params: { region } }, reply) => {
      const asked = readBody(body, { region, defaultProvider: catalogue.bakery.defaultProvider });
      if (!asked.ok) return reply.send({ status: 400, ...asked.no, classicKey: null });

      const key = classicKeyOf(asked.value, catalogue);
      if (!key.ok) return reply.send({ status: 400, ...refusedAs(key.no), classicKey: null });
      const classicKey = key.value;
      const planned = await plan(
        asked.value,
        { id: meaningOf(body).request_id, classicKey },
        { ...parts, findImages: inNameOf(headers, parts.findImages) },
      );
      return reply.send(planned.ok ? planned.value : { status: 400, ...planned.no, classicKey });
    },
  );
}

async function plan(
  request: BakeRequest,
  { id, classicKey }: { id: string | undefined; classicKey: BakeKey },
  parts: Parts,
): Promise<Result<Taken, ClassicRefusal>> {
  const planned = await planRequest(request, { withoutKey: 'leave-open', inVain: 'take' }, parts);
  if (!planned.ok) return no(refusedAs(planned.no));
  if (id !== undefined && (await parts.queue.find(id))) return no(idTaken(id));

  const { key, keyParts, recipe, bundle, packages, ci } = planned.value;
  return yes({
    status: 200,
    key,
    keyParts: hideCredentials({ ...keyParts }),
    classicKey,
    recipe: hideCredentials(recipe),
    bundle: { digest: bundle.digest, files: bundle.files.map(({ path }) => path) },
    packages: [...packages],
    ...(ci && { ci }),
  });
}

/** What the create refuses so, as a body that nobody can read, has that for its plan. */
function answerThrown(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, problem, said } = classicTroubleOf(error, request, reply);
  if (status >= 500) return reply.code(status).send(problem);
  return reply.code(200).send({ status, code: problem.error, message: said, classicKey: null });
}
