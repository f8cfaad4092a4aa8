import { setTimeout as pause } from 'node:timers/promises';

/** How a task ended, or why it is begun again. */
export type Step<T> = { is: 'done'; value: T } | { is: 'again' | 'terminal'; because: string };

export type Ended<T> = Exclude<Step<T>, { is: 'again' }>;

/** Runs a task of a stage until it has ended: at once, and after each `again` once more, `backOffMs` later, as long as its time lasts. */
export async function persist<T>(
  task: () => Promise<Step<T>>,
  { backOffMs, limitMs }: { backOffMs: number; limitMs: number },
): Promise<Ended<T>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const step = await task();
    if (step.is !== 'again') return step;
    if (performance.now() >= deadline) {
      return { is: 'terminal', because: `not done within ${limitMs / 1000} s; at last: ${step.because}` };
    }
    await pause(backOffMs);
  }
}
