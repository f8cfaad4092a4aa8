import { type Answer, messageOf } from './answer.ts';
import { compareMessages } from './compare-messages.ts';
import { compareStatusBody } from './compare-status.ts';
import type { Difference } from './difference.ts';
import type { Plan } from './our-side.ts';

/** What else a create said that decides how it is answered. */
export interface Creating {
  /** Whether header or body name an execution. */
  execution: 'some' | 'none';
}

/** The answer to a create beside the plan of the same body. */
export function compareCreate(upstream: Answer, plan: Plan, creating: Creating): Difference[] {
  if (upstream.status !== plan.status) return [differentStatus(upstream, plan, creating)];
  if (plan.answer === 'taken') return compareStatusBody(upstream.text);
  return compareMessages(messageOf(upstream.text), plan.message);
}

function differentStatus(upstream: Answer, plan: Plan, creating: Creating): Difference {
  const meant = MEANT.find(({ when }) => when(upstream, plan, creating))?.row;
  const difference = { kind: 'status', upstream: toldOf(upstream), ours: toldOfPlan(plan) } as const;
  return meant ? { ...difference, meant } : difference;
}

/** Rows of the list of deviations that show in a status, first that fits. */
const MEANT: readonly { row: string; when: (upstream: Answer, plan: Plan, creating: Creating) => boolean }[] = [
  { row: 'D5', when: ({ status }, plan) => status !== 400 && refusedFor(plan, ['unsafe-path']) },
  { row: 'D6', when: ({ status }, plan) => status !== 400 && refusedFor(plan, ['unusable-id', 'id-taken']) },
  {
    row: 'D7',
    when: ({ status }, plan, { execution }) => status === 500 && plan.answer === 'taken' && execution === 'none',
  },
  { row: 'D8', when: (answer, plan) => plan.answer === 'taken' && hasDiedEarly(answer) },
  { row: 'D16', when: ({ status }, plan) => status === 500 && plan.status === 400 },
];

const refusedFor = (plan: Plan, codes: readonly string[]): boolean =>
  plan.answer === 'refused' && codes.includes(plan.code);

/** A build that was not seen to start, or whose log is the message: no refusal has several lines. */
function hasDiedEarly({ status, text }: Answer): boolean {
  if (status !== 400) return false;
  const message = messageOf(text) ?? '';
  return message.includes('\n') || message.startsWith('Unable to locate bake with id');
}

/** A log in a message is not repeated: nobody has taken the secrets out of it. */
function toldOf(answer: Answer): string {
  if (answer.status < 400) return String(answer.status);
  const message = messageOf(answer.text);
  if (message?.includes('\n')) return `${answer.status} with a text of ${message.split('\n').length} lines`;
  return message ? `${answer.status}: ${message.slice(0, 200)}` : String(answer.status);
}

const toldOfPlan = (plan: Plan): string =>
  plan.answer === 'taken' ? '200' : `${plan.status} ${plan.code}: ${(plan.message ?? '').slice(0, 200)}`;
