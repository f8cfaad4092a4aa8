import { reactTo } from '../../orca/reaction.ts';
import type { Vector } from '../vector.ts';
import { type Check, compare, type Verdict } from '../verdict.ts';

/** The areas of the api's vectors that want a whole bakery, and what Orca makes of its answers. A run without such vectors loads no bakery. */
export const HOUSE_CHECKS: Readonly<Record<string, Check>> = {
  'http-error': async (vector) => (await import('./http-error.ts')).checkHttpError(vector),
  'status-endpoint': async (vector) => (await import('./status-endpoint.ts')).checkStatusEndpoint(vector),
  'create-decision': async (vector) => (await import('./create-decision.ts')).checkDecision(vector),
  'job-outcome': async (vector) => (await import('./job-outcome.ts')).checkOutcome(vector),
  'orca-reaction': checkReaction,
};

/** To bake again is to its task to go on: the vectors may say either. */
function checkReaction({ input, expected }: Vector): Verdict {
  const reaction = reactTo(input);
  const isSaidOtherwise = reaction === 'REBAKE' && ['RUNNING', 'BAKE_AGAIN'].includes(String(expected));
  return compare(expected, isSaidOtherwise ? expected : reaction);
}
