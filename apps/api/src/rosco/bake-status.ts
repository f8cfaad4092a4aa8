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

/** A bake that was told to stop is CANCELED at once and for good, as ever, though its worker may take a while to clear away, or may have had its image by then. */
export function toStatus(bake: Bake): BakeStatus {
  const words = wasToldToStop(bake) ? WORDS_OF.cancelled : WORDS_OF[bake.state];
  const status = { id: bake.id, ...words, resource_id: bake.id };
  if (bake.state !== 'failed') return status;
  const { class: kind, message, evidence } = bake.failure;
  return { ...status, failure: { class: kind, message, evidence } };
}

const wasToldToStop = (bake: Bake): boolean =>
  (bake.state === 'baking' && bake.stopping) || (bake.state === 'baked' && bake.stopReason !== undefined);

/** A failed bake is `CANCELED` there: callers know no other end without an image. */
const WORDS_OF: Record<BakeState, Pick<BakeStatus, 'state' | 'result'>> = {
  waiting: { state: 'RUNNING', result: null },
  baking: { state: 'RUNNING', result: null },
  baked: { state: 'COMPLETED', result: 'SUCCESS' },
  failed: { state: 'CANCELED', result: 'FAILURE' },
  cancelled: { state: 'CANCELED', result: 'FAILURE' },
};
