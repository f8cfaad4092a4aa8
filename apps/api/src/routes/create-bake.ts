import { BakeRequest } from '@bakehouse/bake';
import { z } from 'zod';
import { askForBake } from '../ask-for-bake.ts';
import { AnsweringBake, BakeView, pathOf, viewAnswer, viewBake } from '../bake-view.ts';
import { nameBake } from '../name-bake.ts';
import type { Api, Parts } from '../parts.ts';
import { Problem, problem, refusalProblem, STATUS_OF, TROUBLES } from '../problem.ts';

const Query = z.strictObject({
  rebake: z
    .enum(['1', 'true'], 'may only be 1 or true; leave it out to be answered by an equal bake')
    .optional()
    .describe(
      'Bake again although an equal bake stands: a waiting or running one is cancelled, a finished one forgotten.',
    ),
});

const Headers = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'is 1 to 255 printable ASCII characters')
    .optional()
    .describe('Your own name for this call: repeated within a day it gets the same bake, whatever became of it.'),
});

/** `POST /bakes`: asks for a bake. */
export function createBake(api: Api, parts: Parts): void {
  api.post(
    '/bakes',
    {
      schema: {
        summary: 'Ask for a bake',
        description: 'Answers at once. 202: a new bake waits. 200: an existing bake answers, and says why.',
        tags: ['bakes'],
        body: BakeRequest,
        querystring: Query,
        headers: Headers,
        response: { 200: AnsweringBake, 202: BakeView, 409: Problem, 413: Problem, 415: Problem, ...TROUBLES },
      },
      onResponse: async (_request, { statusCode }) => {
        if (statusCode >= 400 && statusCode < 500) parts.meters.requested('refused');
      },
    },
    async (request, reply) => {
      const ifTwin = request.query.rebake ? 'supersede' : 'join';
      const asked = await askForBake(
        request.body,
        { ifTwin, idempotencyKey: request.headers['idempotency-key'], withoutKey: 'refuse', inVain: 'refuse' },
        parts,
      );
      if (!asked.ok) return reply.code(STATUS_OF[asked.no.code]).send(refusalProblem(asked.no));

      const submission = asked.value;
      const { bake } = submission;
      nameBake(request, bake.id);
      switch (submission.answer) {
        case 'taken':
          return reply.code(202).header('location', pathOf(bake)).send(viewBake(bake));
        case 'joined':
          return reply.code(200).header('location', pathOf(bake)).send(viewAnswer(bake, submission.because));
        case 'key-reused':
          return reply.code(409).header('location', pathOf(bake)).send(keyReused(bake.id));
        case 'id-taken':
          throw new Error(`the fresh id ${bake.id} is another bake's already`);
      }
    },
  );
}

const keyReused = (id: string): Problem =>
  problem(
    'idempotency-key-reused',
    `this Idempotency-Key was used within a day for another request, which became bake ${id}; use a new key for a new request`,
    [{ path: 'Idempotency-Key', message: `belongs to another request, which became bake ${id}` }],
  );
