import type { Result } from '../../packages/bake/src/result.ts';
import { BakeStatus, messageOf, parsed } from './answers.ts';
import type { Call } from './call.ts';
import type { Step } from './persist.ts';
import { isGood, isTriedLater } from './reaction.ts';
import type { Answer, Silence } from './wire.ts';

type Answered = Result<Answer, Silence>;

/** What a task does after an answer that is none, or none of the good ones. */
export function troubleOf(call: Call, answer: Answered): Step<never> {
  const status = answer.ok ? answer.value.status : undefined;
  return { is: isTriedLater(call.method, status) ? 'again' : 'terminal', because: explain(call, answer) };
}

/** An answer that Orca's mapper stumbles over ends the stage, however good its status was. */
export const unreadable = ({ method, path }: Call, answer: Answered): Step<never> => ({
  is: 'terminal',
  because: `${method} ${path} answered what Orca cannot read: ${answer.ok ? answer.value.body.slice(0, 200) : ''}`,
});

/** Undefined unless the answer is good and every word in it known. */
export function readStatus(answer: Answered): BakeStatus | undefined {
  if (!answer.ok || !isGood(answer.value.status)) return undefined;
  return BakeStatus.safeParse(parsed(answer.value.body)).data;
}

export function explain({ method, path }: Call, answer: Answered): string {
  if (!answer.ok) return answer.no.because;
  const { status, body } = answer.value;
  return `${method} ${path} answered ${status}: ${messageOf(body) ?? '(no message)'}`;
}
