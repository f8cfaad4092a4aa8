import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { type AllowedMethods, watchRoutes } from './allowed-methods.ts';
import { answerTrouble } from './answer-trouble.ts';
import { showDashboard } from './dashboard.ts';
import { type Followers, welcomeFollowers } from './followers.ts';
import { nameBake } from './name-bake.ts';
import { documentRoutes } from './openapi.ts';
import type { Api, Parts } from './parts.ts';
import { problem } from './problem.ts';
import { readJson } from './read-json.ts';
import { isClassic, serveClassicCalls } from './rosco/calls.ts';
import { classicError } from './rosco/classic-error.ts';
import { planClassicBake } from './rosco/plan-classic.ts';
import { cancelBake } from './routes/cancel-bake.ts';
import { createBake } from './routes/create-bake.ts';
import { listBakes } from './routes/list-bakes.ts';
import { listWorkers } from './routes/list-workers.ts';
import { planBake } from './routes/plan-bake.ts';
import { showBake } from './routes/show-bake.ts';
import { showCatalogue } from './routes/show-catalogue.ts';
import { showLog } from './routes/show-log.ts';
import { showMetrics } from './routes/show-metrics.ts';
import { tellHealth } from './routes/tell-health.ts';
import { validatorCompiler } from './validation.ts';

/** Builds the server without listening, so that a test can call it in place. Closing it ends the streams it has open, and leaves the queue alone. */
export function buildServer(parts: Parts): Api {
  const api: Api = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    requestIdHeader: false,
    genReqId: requestId,
    // A body that does not come would keep the server from closing.
    requestTimeout: 60_000,
    // What comes over an open connection while the server closes is answered: nothing it needs is gone before it has closed.
    return503OnClosing: false,
    // Names of images are long.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1024 },
    frameworkErrors: answerTrouble,
  });
  api.setValidatorCompiler(validatorCompiler);
  // What a route sends is held to its schema by the compiler; to hold it again at each answer would only cost time.
  api.setSerializerCompiler(() => JSON.stringify);
  api.setErrorHandler(answerTrouble);

  readJson(api);
  account(api, parts);
  api.setNotFoundHandler(answerStranger(watchRoutes(api), parts));

  const followers = welcomeFollowers();
  api.addHook('preClose', async () => followers.dismiss());
  documentRoutes(api);
  void api.register((inner: Api, _options, done) => {
    serveNativeCalls(inner, parts, followers);
    done();
  });
  void api.register((inner: Api, _options, done) => {
    serveClassicCalls(inner, parts);
    done();
  });
  showDashboard(api, parts.queue);
  return api;
}

function serveNativeCalls(api: Api, parts: Parts, followers: Followers): void {
  createBake(api, parts);
  planBake(api, parts);
  planClassicBake(api, parts);
  listBakes(api, parts);
  showBake(api, parts);
  cancelBake(api, parts);
  showLog(api, parts, followers);
  showCatalogue(api, parts);
  listWorkers(api, parts);
  tellHealth(api, parts);
  showMetrics(api, parts);
}

/** One log line and one measurement for each answer, under the id that the caller gave or got. */
function account(api: Api, { meters }: Parts): void {
  api.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const { id } = request.params as { id?: unknown };
    if (typeof id === 'string') nameBake(request, id);
  });
  api.addHook('onResponse', async (request, reply) => {
    const answer = { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode };
    meters.answered(answer, reply.elapsedTime / 1000);
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ ...answer, path: pathOf(request), ms }, 'answered');
  });
  api.addHook('onRequestAbort', async (request) => {
    const { method, routeOptions } = request;
    request.log.info({ method, route: routeOptions.url, path: pathOf(request) }, 'the caller left');
  });
}

/** Tells a wrong method from a wrong path, to each caller in the words of the calls it knows. */
function answerStranger(allowed: AllowedMethods, { now }: Parts) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = pathOf(request);
    const methods = allowed(path);
    if (methods.length > 0) reply.code(405).header('allow', methods.join(', '));
    else reply.code(404);
    if (isClassic(path))
      return reply.send(methods.length > 0 ? undefined : classicError(404, 'No message available', now()));
    if (methods.length === 0)
      return reply.send(problem('not-found', `there is nothing at ${path}; /docs lists what there is`));
    return reply.send(problem('method-not-allowed', `${path} takes ${methods.join(', ')}, not ${request.method}`));
  };
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

/** The caller's own id where it is one that can stand in a log, else a fresh one. */
function requestId({ headers }: IncomingMessage): string {
  const said = headers['x-request-id'];
  return typeof said === 'string' && /^[\x21-\x7e]{1,128}$/.test(said) ? said : randomUUID();
}
