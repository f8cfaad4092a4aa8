import type { Bake } from '@bakehouse/bake';
import type { BakeQueue } from '@bakehouse/queue';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api, Parts } from '../parts.ts';
import { BakeStatus, toStatus } from './bake-status.ts';
import { ClassicError } from './classic-error.ts';

const InstanceStatus = z.object({ status: z.enum(['RUNNING', 'IDLE']), bakes: z.array(BakeStatus) });
type InstanceStatus = z.infer<typeof InstanceStatus>;

const FleetStatus = z.object({
  instance: z.string().describe('This api, as `<uuid>@<hostname>`.'),
  instances: z
    .record(z.string(), InstanceStatus)
    .describe('Workers with bakes in hand; under the api’s own id what waits.'),
});
type FleetStatus = z.infer<typeof FleetStatus>;

/** `/status/instance` and `/status/all`, whatever the method and the body: what is not done yet, which is what must not be taken down. */
export function showStatus(api: Api, { catalogue, queue, instance }: Parts): void {
  if (!catalogue.bakery.statusCalls) return;
  void api.register((inner: Api, _options, done) => {
    takeAnyBody(inner);
    serve(inner, '/status/instance', {
      summary: 'List the bakes that have not ended',
      answer: InstanceStatus,
      tell: async () => statusOf(await unended(queue)),
    });
    serve(inner, '/status/all', {
      summary: 'List the bakes that have not ended, by who has them in hand',
      answer: FleetStatus,
      tell: async () => ({ instance, instances: byHand(await unended(queue), instance) }),
    });
    done();
  });
}

function byHand(bakes: readonly Bake[], instance: string): FleetStatus['instances'] {
  const handOf = (bake: Bake): string => (bake.state === 'baking' ? bake.worker : instance);
  const hands = [...new Set(bakes.map(handOf))];
  return Object.fromEntries(hands.map((id) => [id, statusOf(bakes.filter((bake) => handOf(bake) === id))]));
}

const statusOf = (bakes: readonly Bake[]): InstanceStatus => ({
  status: bakes.length > 0 ? 'RUNNING' : 'IDLE',
  // One that was removed is unknown and one that was cancelled is over, but who clears away after them is not done.
  bakes: bakes
    .filter(({ removed }) => !removed)
    .map(toStatus)
    .filter(({ state }) => state === 'RUNNING'),
});

/** Those that wait are read first: one that is begun meanwhile is met twice, and none is missed. */
async function unended(queue: BakeQueue): Promise<Bake[]> {
  const found = new Map<string, Bake>();
  for (const state of ['waiting', 'baking'] as const) {
    let cursor: string | undefined;
    do {
      const page = await queue.list({ state, limit: 200, cursor });
      for (const bake of page.bakes) found.set(bake.id, bake);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return [...found.values()];
}

interface StatusCall {
  summary: string;
  answer: z.ZodType;
  tell: () => Promise<unknown>;
}

function serve(api: Api, url: string, { summary, answer, tell }: StatusCall): void {
  const show = async (_request: FastifyRequest, reply: FastifyReply) => reply.send(await tell());
  const schema = { summary, tags: ['classic'], response: { 200: answer, 503: ClassicError } };
  api.get(url, { schema }, show);
  api.route({ method: ['POST', 'PUT', 'PATCH', 'DELETE'], url, schema, handler: show });
}

function takeAnyBody(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}
