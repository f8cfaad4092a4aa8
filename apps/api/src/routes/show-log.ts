import type { Readable } from 'node:stream';
import type { LogRange } from '@bakehouse/queue';
import type { FastifyBaseLogger } from 'fastify';
import { z } from 'zod';
import type { Followers } from '../followers.ts';
import { logEvents, logText } from '../log-text.ts';
import { BakeId } from '../name-bake.ts';
import type { Api, Parts } from '../parts.ts';
import { Problem, TROUBLES, unknownBake } from '../problem.ts';

const LineNumber = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const Query = z.strictObject({
  from: LineNumber.optional().describe('Only lines after this number.'),
  tail: LineNumber.min(1).optional().describe('Only the last so many of them.'),
});

const Headers = z.looseObject({
  accept: z.string().optional().describe('`text/event-stream` for the live log.'),
  'last-event-id': LineNumber.optional().describe('Number of the last line the caller has; wins over `from`.'),
});

const TEXT = 'text/plain; charset=utf-8';

/** `GET /bakes/{id}/log`: what is kept of a log as text, or all of it live as server-sent events. */
export function showLog(api: Api, { queue }: Parts, followers: Followers): void {
  api.get(
    '/bakes/:id/log',
    {
      schema: {
        summary: 'Read or follow the log of a bake',
        description:
          'Text, with the number of its last line in `X-Log-Cursor`. With `Accept: text/event-stream` the live log: a message per line with its ' +
          'number for id, a `gap` event where lines were not kept, and an `end` event with the final state.',
        tags: ['bakes'],
        params: BakeId,
        querystring: Query,
        headers: Headers,
        response: {
          200: {
            description: 'The log.',
            content: { 'text/plain': { schema: z.string() }, 'text/event-stream': { schema: z.custom<Readable>() } },
          },
          404: Problem,
          ...TROUBLES,
        },
      },
    },
    async ({ params: { id }, query, headers, log, method }, reply) => {
      if (method === 'GET' && headers.accept?.includes('text/event-stream')) {
        const after = await startOf(id, { ...query, from: headers['last-event-id'] ?? query.from });
        if (after === undefined) return reply.code(404).send(unknownBake(id));
        reply.header('cache-control', 'no-cache, no-transform').header('x-accel-buffering', 'no');
        // A connection that was kept for a next call would keep the server from closing.
        reply.header('connection', 'close');
        return reply.type('text/event-stream').send(followers.open((signal) => follow(id, { after, signal, log })));
      }
      const page = await queue.readLog(id, query);
      if (!page) return reply.code(404).send(unknownBake(id));
      return reply.type(TEXT).header('x-log-cursor', page.cursor).send(logText(page));
    },
  );

  /** The line to follow after; undefined for an unknown bake. */
  async function startOf(id: string, { from = 0, tail }: LogRange): Promise<number | undefined> {
    if (tail === undefined) return (await queue.find(id)) && from;
    const page = await queue.readLog(id, { from, tail });
    const [first] = page?.pieces ?? [];
    if (!first) return page?.cursor;
    return ('line' in first ? first.line.number : first.gap.from) - 1;
  }

  /** A follower that is cut off is told to come back, and not that the bake has ended. */
  async function* follow(
    id: string,
    how: { after: number; signal: AbortSignal; log: FastifyBaseLogger },
  ): AsyncGenerator<string> {
    const { after, signal, log } = how;
    try {
      yield* logEvents(queue.followLog(id, { after, signal }));
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'a follower of a log was cut off');
      yield ': the log cannot be read now; connect again with Last-Event-ID\n\n';
    }
  }
}
