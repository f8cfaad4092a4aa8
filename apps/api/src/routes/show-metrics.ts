import { RedisAway } from '@bakehouse/queue';
import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';

/** `GET /metrics`: what the api counts and what the queue knows. While Redis is away, the api's own numbers alone. */
export function showMetrics(api: Api, { queue, meters }: Parts): void {
  api.get(
    '/metrics',
    {
      logLevel: 'warn',
      schema: {
        summary: 'Print metrics for Prometheus',
        tags: ['bakery'],
        response: {
          200: { description: 'Prometheus’ text format.', content: { 'text/plain': { schema: z.string() } } },
        },
      },
    },
    async (_request, reply) => {
      const known = await Promise.all([queue.counts(), queue.metrics()]).catch(absentWhenAway);
      meters.counted(known?.[0]);
      return reply.type(meters.contentType).send((await meters.print()) + (known?.[1] ?? ''));
    },
  );
}

function absentWhenAway(error: unknown): undefined {
  if (!(error instanceof RedisAway)) throw error;
}
