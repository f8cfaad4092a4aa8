import type { CallName } from './call.ts';

/** How long calls took and how they were answered. */
export interface Latencies {
  add: (name: CallName, ms: number, answer: number | 'no answer') => void;
  /** Of the calls that were answered, in whole milliseconds; undefined where none was. */
  worst: (name: CallName) => number | undefined;
  /** How often each status came, and silence. */
  answers: (name: CallName) => Readonly<Record<string, number>>;
}

export function openLatencies(): Latencies {
  const worst: Partial<Record<CallName, number>> = {};
  const answers: Partial<Record<CallName, Record<string, number>>> = {};
  return {
    add: (name, ms, answer) => {
      const seen = answers[name] ?? {};
      answers[name] = { ...seen, [answer]: (seen[answer] ?? 0) + 1 };
      if (answer !== 'no answer') worst[name] = Math.max(worst[name] ?? 0, Math.ceil(ms));
    },
    worst: (name) => worst[name],
    answers: (name) => answers[name] ?? {},
  };
}
