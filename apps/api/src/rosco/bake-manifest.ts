import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RETRY_AFTER_SECONDS } from '../answer-trouble.ts';
import type { Api, Parts } from '../parts.ts';
import { ClassicError, classicError } from './classic-error.ts';
import { MOST_MIB, passOn } from './pass-on.ts';

/** What stands in `Via` of a call that this api has passed on. */
const VIA = '1.1 bakehouse';

/** `POST /api/v2/manifest/bake/{type}`: manifests are another bakery's, to which the call is passed on as it is, where the settings name one. */
export function bakeManifest(api: Api, { catalogue, now }: Parts): void {
  const bakery = catalogue.bakery.manifestBakeryUrl;
  const refuse = (reply: FastifyReply, status: number, message: string) =>
    reply.code(status).send(classicError(status, message, now()));

  const bake = async (request: FastifyRequest, reply: FastifyReply) => {
    if (bakery === undefined) return refuse(reply, 501, NOBODY);
    if (request.headers.via?.includes(VIA)) return refuse(reply, 508, IN_CIRCLES);
    const gone = whenGone(reply);
    const passed = await passOn(request, { to: bakery, via: VIA, gone });
    if (gone.aborted) return reply;
    if (passed.ok) return answerWith(reply, passed.value);
    if (passed.no === 'too-large') return refuse(reply, 413, TOO_LARGE);
    request.log.warn({ reason: passed.no }, 'the bakery for manifests cannot be used');
    reply.header('retry-after', RETRY_AFTER_SECONDS);
    return refuse(reply, 503, `the bakery for manifests (manifestBakery.baseUrl) ${passed.no}`);
  };

  void api.register((inner: Api, _options, done) => {
    leaveBodyUnread(inner);
    inner.post(
      '/api/v2/manifest/bake/:type',
      {
        schema: {
          summary: 'Bake a manifest, in the bakery for manifests',
          tags: ['classic'],
          params: z.object({ type: z.string() }),
          response: {
            200: z.looseObject({ type: z.string(), name: z.string(), reference: z.string() }),
            403: ClassicError,
            413: ClassicError,
            501: error('The settings name no bakery for manifests.'),
            503: error('That bakery cannot be reached, or does not answer.'),
            508: error('That bakery is this api itself.'),
          },
        },
      },
      bake,
    );
    done();
  });
}

const error = (description: string) => ({ description, content: { 'application/json': { schema: ClassicError } } });

const NOBODY =
  'manifests are not baked here: an operator names a bakery that bakes them, as the classic one does, in manifestBakery.baseUrl of the settings';

const TOO_LARGE = `the body is larger than ${MOST_MIB} MiB, the most that is passed on`;

const IN_CIRCLES =
  'manifestBakery.baseUrl of the settings leads back to this api: an operator names there the bakery that bakes manifests, not services.rosco.baseUrl';

function answerWith(reply: FastifyReply, answer: IncomingMessage): FastifyReply {
  const type = answer.headers['content-type'];
  if (type !== undefined) reply.header('content-type', type);
  return reply.code(answer.statusCode ?? 502).send(answer);
}

/** Fires when the caller has its answer or has left, whichever is first. */
function whenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

function leaveBodyUnread(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}
