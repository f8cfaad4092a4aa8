import { z } from 'zod';
import type { Api } from '../parts.ts';

/** `GET /installedPlugins`: Gate asks every service. */
export function showPlugins(api: Api): void {
  api.get(
    '/installedPlugins',
    { schema: { summary: 'List plugins: there are none', tags: ['classic'], response: { 200: z.array(z.string()) } } },
    async (_request, reply) => reply.send([]),
  );
}
