import { type Bake, BakeFailure, type BakeState } from '@bakehouse/bake';
import { z } from 'zod';

/** A bake as the classic bakery's callers poll it. `failure` is ours; they ignore what they do not know. */
export const BakeStatus = z.object({
  id: z.string(),
  state: z.enum(['RUNNING', 'COMPLETED', 'CANCELED']),
  result: z.enum(['SUCCESS', 'FAILURE']).nullable(),
  resource_id: z.string(),
  failure: BakeFailure.pick({ class: true, message: true, evidence: true }).optional(),
});
export type BakeStatus = z.infer<typeof BakeStatus>;

export function toStatus(bake: Bake): BakeStatus {
  const status = { id: bake.id, ...WORDS_OF[bake.state], resource_id: bake.id };
  if (bake.state !== 'failed') return status;
  const { class: kind, message, evidence } = bake.failure;
  return { ...status, failure: { class: kind, message, evidence } };
}

/** A failed bake is `CANCELED` there: callers know no other end without an image. */
const WORDS_OF: Record<BakeState, Pick<BakeStatus, 'state' | 'result'>> = {
  waiting: { state: 'RUNNING', result: null },
  baking: { state: 'RUNNING', result: null },
  baked: { state: 'COMPLETED', result: 'SUCCESS' },
  failed: { state: 'CANCELED', result: 'FAILURE' },
  cancelled: { state: 'CANCELED', result: 'FAILURE' },
};
