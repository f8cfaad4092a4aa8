import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { watchRoutes } from './allowed-methods.ts';
import { answerStranger } from './answer-stranger.ts';
import { answerTrouble } from './answer-trouble.ts';
import { showDashboard } from './dashboard.ts';
import { type Followers, welcomeFollowers } from './followers.ts';
import { hearOutBeforeRefusing } from './hear-out.ts';
import { nameBake } from './name-bake.ts';
import { documentRoutes } from './openapi.ts';
import type { Api, Parts } from './parts.ts';
import { pathOf } from './path-of.ts';
import { readJson } from './read-json.ts';
import { serveClassicCalls } from './rosco/calls.ts';
import { allowReadingFromAnywhere, dressAnswers } from './rosco/dress-answers.ts';
import { isClassic } from './rosco/paths.ts';
import { planClassicBake } from './rosco/plan-classic.ts';
import { refuseForeignPages } from './rosco/refuse-foreign-pages.ts';
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
    // No parameter is longer than a whole head may be: what cannot be found is said by its route.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16 * 1024 },
    frameworkErrors: answerUnreadablePath,
  });
  api.setValidatorCompiler(validatorCompiler);
  // What a route sends is held to its schema by the compiler; to hold it again at each answer would only cost time.
  api.setSerializerCompiler(() => JSON.stringify);
  api.setErrorHandler(answerTrouble);

  readJson(api);
  hearOutBeforeRefusing(api);
  account(api, parts);
  dressAnswers(api);
  refuseForeignPages(api, parts);
  meetStrangers(api, parts);

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

/** What no route takes is answered before its body is read, which nobody would understand. */
function meetStrangers(api: Api, { now }: Parts): void {
  const meet = answerStranger(watchRoutes(api), now);
  api.addHook('onRequest', async (request, reply) => (request.is404 ? meet(request, reply) : undefined));
  api.setNotFoundHandler(meet);
}

/** A path that cannot be decoded has no route, and so no hook. */
function answerUnreadablePath(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('x-request-id', request.id);
  if (!isClassic(pathOf(request))) return answerTrouble(error, request, reply);
  allowReadingFromAnywhere(reply);
  return reply.code(400).send();
}

/** The caller's own id where it is one that can stand in a log, else a fresh one. */
function requestId({ headers }: IncomingMessage): string {
  const said = headers['x-request-id'];
  return typeof said === 'string' && /^[\x21-\x7e]{1,128}$/.test(said) ? said : randomUUID();
}
