import type { FastifyRequest } from 'fastify';
import { pathOf } from '../path-of.ts';

/** Whether a path is among those that only callers of the classic bakery know. */
export const isClassic = (path: string): boolean =>
  /^\/(api|bakeOptions|status|health|installedPlugins)(\/|$)/.test(path);

/** The same of a call, by the route that takes it: a path can be written in many ways. */
export const isClassicCall = (request: FastifyRequest): boolean =>
  isClassic(request.routeOptions.url ?? pathOf(request));

/** The one GET that changes something. */
export const CANCEL_PATH = '/api/v1/:region/cancel/:id';
