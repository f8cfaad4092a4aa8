import { createHash } from 'node:crypto';
import { type BakeRequest, canonicalText, planBake, type Refusal, type Result, yes } from '@bakehouse/bake';
import type { Submission } from '@bakehouse/queue';
import { findImagesFor } from './find-images.ts';
import type { Parts } from './parts.ts';

/** What a caller says about a request besides what to bake. */
export interface Asking {
  /** `supersede` is a rebake. */
  ifTwin: 'join' | 'supersede';
  /** A caller's own id for the bake. */
  id?: string | undefined;
  execution?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** Plans a request and submits the plan: the one way in, whichever words the request came in. */
export async function askForBake(
  request: BakeRequest,
  { ifTwin, id, execution, idempotencyKey }: Asking,
  { catalogue, findImages, templates, queue, meters, now, newId }: Parts,
): Promise<Result<Submission, Refusal>> {
  const askedAt = now();
  const found = await findImagesFor(request, { catalogue, findImages });
  const plan = planBake(request, { catalogue, templates: await templates(), now: askedAt, found });
  if (!plan.ok) return plan;

  const submission = await queue.submit(plan.value, {
    id: id ?? newId(),
    now: askedAt,
    ifTwin,
    execution,
    idempotency: idempotencyKey ? { key: idempotencyKey, fingerprint: fingerprint(request, ifTwin) } : undefined,
  });
  if (submission.answer === 'taken') meters.requested(ifTwin === 'supersede' ? 'rebake' : 'plain');
  if (submission.answer === 'joined') meters.requested('joined');
  return yes(submission);
}

/** Of what was read, not of what was sent: blanks and the order of members do not make another request. */
const fingerprint = (request: BakeRequest, ifTwin: Asking['ifTwin']): string =>
  createHash('sha256')
    .update(canonicalText(JSON.parse(JSON.stringify([request, ifTwin]))))
    .digest('hex');
