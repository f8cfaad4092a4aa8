import { type Answer, messageOf } from './answer.ts';
import { compareMessages } from './compare-messages.ts';
import { type Difference, shown } from './difference.ts';
import type { Plan } from './our-side.ts';

/** What upstream says it has deleted, or has not found, beside the key that we give the same body. */
export function compareDelete(upstream: Answer, plan: Plan): Difference[] {
  const key = keyIn(upstream);
  if (key !== undefined && plan.classicKey !== null) {
    return key === plan.classicKey ? [] : [{ kind: 'key', upstream: shown(key), ours: shown(plan.classicKey) }];
  }
  if (plan.answer === 'taken' || upstream.status !== plan.status) {
    const ours = plan.answer === 'taken' ? `the key ${plan.classicKey}` : `${plan.status} ${plan.code}`;
    return [{ kind: 'status', upstream: String(upstream.status), ours: shown(ours) }];
  }
  return compareMessages(messageOf(upstream.text), plan.message);
}

/** Text is what it is, whether or not it is labelled JSON. */
function keyIn({ status, text }: Answer): string | undefined {
  if (status === 200) return /^Deleted bake '(.*)' with id '[^']*'\.$/s.exec(text)?.[1];
  return status === 400 ? /^Unable to locate bake with key '(.*)'\.$/s.exec(messageOf(text) ?? '')?.[1] : undefined;
}
