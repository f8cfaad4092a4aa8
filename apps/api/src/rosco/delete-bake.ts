import { type BakeKey, type BakeRequest, classicKeyOf, type Refusal, type Result } from '@bakehouse/bake';
import { z } from 'zod';
import { inNameOf } from '../find-images.ts';
import { nameBake } from '../name-bake.ts';
import type { Api, Parts } from '../parts.ts';
import { planRequest } from '../plan-request.ts';
import { ClassicBody } from './bake-body.ts';
import { ClassicError, classicError, classicMessage } from './classic-error.ts';
import { SENTENCE, sendText } from './send-text.ts';
import { toRequest } from './to-request.ts';

/** `DELETE /api/v1/{region}/bake`: removes the bake that answers such a request, whoever uses it. */
export function deleteClassicBake(api: Api, parts: Parts): void {
  const { catalogue, queue, now } = parts;
  const { defaultProvider } = catalogue.bakery;
  api.delete(
    '/api/v1/:region/bake',
    {
      schema: {
        summary: 'Delete the bake of a request',
        description:
          'The body is that of the create. One that is running is stopped. The answer is a sentence, under the name of JSON to who asks for that.',
        tags: ['classic'],
        params: z.object({ region: z.string() }),
        body: ClassicBody,
        response: {
          200: { description: 'It is gone.', content: SENTENCE },
          400: ClassicError,
          403: ClassicError,
          503: ClassicError,
        },
      },
    },
    async (request, reply) => {
      const refuse = (message: string) => reply.code(400).send(classicError(400, message, now()));
      const asked = toRequest(request.body, { region: request.params.region, defaultProvider });
      const findImages = inNameOf(request.headers, parts.findImages);
      const key = asked.ok ? await keyOf(asked.value, { ...parts, findImages }) : asked;
      if (!key.ok) return refuse(classicMessage(key.no));

      const id = await queue.removeByKey(key.value, { reason: 'deleted by a pipeline', now: now() });
      if (id === undefined) return refuse(`Unable to locate bake with key '${key.value}'.`);
      nameBake(request, id);
      return sendText(request, reply, `Deleted bake '${key.value}' with id '${id}'.`);
    },
  );
}

/** A classic key says nothing of base images and regions: the bake of one that is offered no more can be deleted too. */
async function keyOf(request: BakeRequest, parts: Parts): Promise<Result<BakeKey, Refusal>> {
  if (parts.catalogue.bakery.bakeKey === 'rosco') return classicKeyOf(request, parts.catalogue);
  const planned = await planRequest(request, { withoutKey: 'leave-open', inVain: 'take' }, parts);
  return planned.ok ? { ok: true, value: planned.value.key } : planned;
}
