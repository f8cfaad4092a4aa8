import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

/** A path that is about one bake. */
export const BakeId = z.object({ id: z.string().min(1).max(128) });

/** From here on each log line of this request has the bake's id. */
export function nameBake(request: FastifyRequest, id: string): void {
  request.log = request.log.child({ bake: id });
}
