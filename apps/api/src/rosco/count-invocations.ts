import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, Parts } from '../parts.ts';
import { PROVIDER_WORDS } from './bake-body.ts';
import { CANCEL_PATH } from './paths.ts';

/** Counts each classic call under the names that dashboards for a classic bakery ask for. It is to be told before the calls are served. */
export function countInvocations(api: Api, { meters }: Parts): void {
  api.addHook('onResponse', async (request, reply) => {
    const called = calledBy(request);
    if (!called) return;
    const { region, provider } = request.params as { region?: string; provider?: string };
    const status = statusOf(reply);
    const length = request.headers['content-length'];
    meters.invoked(
      {
        ...called,
        status,
        region,
        provider: provider === undefined || PROVIDER_WORDS.includes(provider) ? provider : 'other',
      },
      { seconds: reply.elapsedTime / 1000, bytes: length === undefined ? undefined : Number(length) },
    );
  });
}

const BAKERY = {
  'GET /bakeOptions': 'bakeOptions',
  'GET /bakeOptions/:provider': 'bakeOptionsByCloudProvider',
  'GET /bakeOptions/:provider/baseImages/:image': 'baseImage',
  'POST /api/v1/:region/bake': 'createBake',
  'DELETE /api/v1/:region/bake': 'deleteBake',
  'GET /api/v1/:region/status/:id': 'lookupStatus',
  'GET /api/v1/:region/bake/:id': 'lookupBake',
  'GET /api/v1/:region/logs/:id': 'lookupLogs',
  'GET /api/v1/:region/logs/image/:image': 'lookupLogsByImageId',
  [`GET ${CANCEL_PATH}`]: 'cancelBake',
  'POST /api/v1/bakes/delete-requests': 'createDeleteBakesRequest',
} as const;

const called = (controller: string, method: string) => ({ controller, method });

const CALLED: ReadonlyMap<string, { controller: string; method: string }> = new Map([
  ...Object.entries(BAKERY).map(([call, method]) => [call, called('BakeryController', method)] as const),
  ['POST /api/v2/manifest/bake/:type', called('V2BakeryController', 'doBake')],
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((verb) => [
    [`${verb} /status/instance`, called('StatusController', 'instanceIncompleteBakes')] as const,
    [`${verb} /status/all`, called('StatusController', 'allIncompleteBakes')] as const,
  ]),
]);

const calledBy = ({ method, routeOptions }: FastifyRequest) =>
  CALLED.get(`${method === 'HEAD' ? 'GET' : method} ${routeOptions.url}`);

/** A classic bakery counts a call before it finds that its caller has the answer already. */
const statusOf = ({ statusCode }: FastifyReply): number => (statusCode === 304 ? 200 : statusCode);
