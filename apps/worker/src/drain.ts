import type { BakeConsumer } from '@bakehouse/queue';
import type { Logger } from 'pino';

export interface Drain {
  begun: () => boolean;
  /** When a signal has come and nothing is in hand any more. */
  done: Promise<void>;
}

/** A terminal and npm may both pass on one press of Ctrl-C. */
const SAME_SIGNAL_MS = 500;

/** The first SIGTERM or SIGINT finishes what is in hand, within the limit; the second, or the limit, stops it and lets other workers have it. */
export function drainOnSignals(consumer: BakeConsumer, { log, withinMs }: { log: Logger; withinMs: number }): Drain {
  let begunAt: number | undefined;
  const done = new Promise<void>((resolve, reject) => {
    const stopNow = (why: string) => {
      log.info({ inHand: consumer.inHand(), why }, 'stopping what is in hand; it will be baked again');
      consumer.stopNow();
    };
    const onSignal = (signal: NodeJS.Signals) => {
      if (begunAt !== undefined) {
        if (performance.now() - begunAt > SAME_SIGNAL_MS) stopNow(`a second ${signal}`);
        return;
      }
      begunAt = performance.now();
      log.info({ signal, inHand: consumer.inHand() }, 'draining: nothing new is taken');
      const limit = setTimeout(() => stopNow('the limit for draining'), withinMs);
      consumer
        .drain()
        .finally(() => clearTimeout(limit))
        .then(resolve, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
  return { begun: () => begunAt !== undefined, done };
}
