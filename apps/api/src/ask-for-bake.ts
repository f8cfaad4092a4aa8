import { createHash } from 'node:crypto';
import {
  type BakeRequest,
  canonicalText,
  leaveOpen,
  printOf,
  type Refusal,
  type Result,
  type SealingKey,
  seal,
  type Value,
  type Variables,
  yes,
} from '@bakehouse/bake';
import type { Submission } from '@bakehouse/queue';
import type { Parts } from './parts.ts';
import { planRequest } from './plan-request.ts';

/** What a caller says about a request besides what to bake. */
export interface Asking {
  /** `supersede` is a rebake. */
  ifTwin: 'join' | 'supersede';
  /** A caller's own id for the bake. */
  id?: string | undefined;
  execution?: string | undefined;
  /** The executions that this one's bakes are cleared away with; absent for a caller outside executions. */
  group?: string | undefined;
  idempotencyKey?: string | undefined;
  /** What becomes of a request that confides secrets where there is no key to seal them with. */
  withoutKey: 'refuse' | 'leave-open';
  /** What becomes of a request that its provider knows to be in vain. */
  inVain: 'refuse' | 'take';
}

/** Plans a request and submits the plan: the one way in, whichever words the request came in. */
export async function askForBake(
  request: BakeRequest,
  { ifTwin, id: ownId, execution, group, idempotencyKey, withoutKey, inVain }: Asking,
  parts: Parts,
): Promise<Result<Submission, Refusal>> {
  const { sealing, queue, meters, now, newId } = parts;
  const askedAt = now();
  const planned = await planRequest(request, { withoutKey, inVain }, { ...parts, now: () => askedAt });
  if (!planned.ok) return planned;

  const { confided, ...plan } = planned.value;
  const { confidential } = plan.recipe;
  const id = ownId ?? newId();
  const submission = await queue.submit(plan, {
    id,
    now: askedAt,
    ifTwin,
    execution,
    group,
    confided: confidential && forWorker(confided, { ...parts, id }),
    idempotency: idempotencyKey
      ? { key: idempotencyKey, fingerprint: fingerprint([request, ifTwin], confidential && sealing) }
      : undefined,
  });
  if (submission.answer === 'taken') {
    meters.requested(ifTwin === 'supersede' ? 'rebake' : 'plain');
    if (confidential && !sealing) tellLeftOpen({ bake: id, variables: confidential }, parts);
  }
  if (submission.answer === 'joined') meters.requested('joined');
  return yes(submission);
}

function tellLeftOpen(what: { bake: string; variables: readonly string[] }, { meters, log }: Parts): void {
  meters.leftOpen();
  log.warn(what, 'secrets of a request stand in Redis until the bake has ended: set BAKEHOUSE_SEALING_KEY_FILE');
}

/** Sealed for this one bake, where there is a key. */
const forWorker = (confided: Variables, { sealing, newNonce, id }: Parts & { id: string }): string =>
  sealing ? seal(confided, { key: sealing, nonce: newNonce(), place: id }) : leaveOpen(confided);

/** Of what was read, not of what was sent: blanks and the order of members do not make another request. With a key, where secrets are in it. */
function fingerprint(asked: readonly unknown[], key: SealingKey | undefined): string {
  const value: Value = JSON.parse(JSON.stringify(asked));
  if (key) return printOf(key, { place: 'request', value });
  return createHash('sha256').update(canonicalText(value)).digest('hex');
}
