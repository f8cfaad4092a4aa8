import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Api, Parts } from '../parts.ts';
import { classicError } from './classic-error.ts';
import { CANCEL_PATH, isClassicCall } from './paths.ts';

/**
 * Keeps a web page of another origin from changing anything here through the browser of whoever looks at it. Browsers say where a call comes from;
 * the classic bakery's callers are none and say nothing.
 */
export function refuseForeignPages(api: Api, { catalogue, now }: Parts): void {
  const { allowedOrigins } = catalogue.bakery;
  api.addHook('onRequest', async (request, reply) => {
    if (!changes(request) || !isOfForeignPage(request.headers, allowedOrigins)) return;
    request.log.warn({ origin: request.headers.origin }, 'a page of another origin was refused');
    return reply.code(403).send(classicError(403, DENIED, now()));
  });
}

const DENIED =
  'Access is denied: a page of another origin asks for this in a browser; an operator lets it by its origin in bakehouse.allowedOrigins of the settings';

const changes = (request: FastifyRequest): boolean =>
  isClassicCall(request) &&
  (['POST', 'DELETE'].includes(request.method) ||
    (request.method === 'GET' && request.routeOptions.url === CANCEL_PATH));

/** `Sec-Fetch-Site` is the browser's own word where it gives one: a proxy may have changed the host that an origin is held against. */
function isOfForeignPage(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return false;
  if (origin === undefined) return site !== undefined;
  return !allowed.includes(origin) && !(site === undefined && isOf(origin, host));
}

/** A host may say the port that its scheme implies, and an address has several spellings. */
function isOf(origin: string, host = ''): boolean {
  if (!URL.canParse(origin)) return false;
  const asked = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(asked) && new URL(asked).origin === origin;
}
