import type { BakeQueue } from '@bakehouse/queue';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { RETRY_AFTER_SECONDS } from './answer-trouble.ts';
import type { Api } from './parts.ts';
import { problem } from './problem.ts';

const PATH = '/admin/queues';

/** The lanes to look at in a browser. Read only: what changes a bake goes through the api, which keeps its record right. */
export function showDashboard(api: Api, queue: BakeQueue): void {
  const board = new FastifyAdapter().setBasePath(PATH);
  createBullBoard({
    queues: queue.lanes.map((lane) => new BullMQAdapter(lane, { readOnlyMode: true })),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Bakehouse' } },
  });
  void api.register((inner, _options, done) => {
    // The board would wait for Redis, and call its absence an error of its own.
    inner.addHook('onRequest', async (request, reply) => {
      if (!request.url.startsWith(`${PATH}/api/`)) return;
      const isAway = await queue.ping(500).then(
        () => false,
        () => true,
      );
      if (!isAway) return;
      const answer = problem('redis-away', 'Redis does not answer');
      await reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send(answer);
    });
    void inner.register(board.registerPlugin(), { prefix: PATH });
    done();
  });
}
