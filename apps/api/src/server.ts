import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { type AllowedMethods, watchRoutes } from './allowed-methods.ts';
import { answerTrouble } from './answer-trouble.ts';
import { showDashboard } from './dashboard.ts';
import { type Followers, welcomeFollowers } from './followers.ts';
import { nameBake } from './name-bake.ts';
import { documentRoutes } from './openapi.ts';
import type { Api, Parts } from './parts.ts';
import { problem } from './problem.ts';
import { readJson } from './read-json.ts';
import { serveClassicCalls } from './rosco/calls.ts';
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
    disableRequestLogging: true,
    bodyLimit: 1024 * 1024,
    requestIdHeader: false,
    genReqId: requestId,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: answerTrouble,
  });
  api.setValidatorCompiler(validatorCompiler);
  // What a route sends is held to its schema by the compiler; to hold it again at each answer would only cost time.
  api.setSerializerCompiler(() => JSON.stringify);
  api.setErrorHandler(answerTrouble);

  readJson(api);
  account(api, parts);
  api.setNotFoundHandler(answerStranger(watchRoutes(api)));

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
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    meters.answered({ method, route, status }, reply.elapsedTime / 1000);
    request.log.info({ method, path: pathOf(request), route, status, ms }, 'answered');
  });
}

function answerStranger(allowed: AllowedMethods) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = pathOf(request);
    const methods = allowed(path);
    if (methods.length === 0)
      return reply.code(404).send(problem('not-found', `there is nothing at ${path}; /docs lists what there is`));
    const allow = methods.join(', ');
    return reply
      .code(405)
      .header('allow', allow)
      .send(problem('method-not-allowed', `${path} takes ${allow}, not ${request.method}`));
  };
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

/** The caller's own id where it is one that can stand in a log, else a fresh one. */
function requestId({ headers }: IncomingMessage): string {
  const said = headers['x-request-id'];
  return typeof said === 'string' && /^[\x21-\x7e]{1,128}$/.test(said) ? said : randomUUID();
}
