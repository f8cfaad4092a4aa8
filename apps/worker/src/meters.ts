import { type BakeEnding, completionOf, fewRegions } from '@bakehouse/bake';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { openTimer } from './timer.ts';

/** What a worker counts. */
export interface Meters {
  registry: Registry;
  baking: (count: () => number) => void;
  begun: (bake: { provider: string }) => void;
  /** A try is over. */
  ended: (bake: { provider: string; state: string; class: string; seconds: number }) => void;
  /** A bake is over, and this worker wrote it down. */
  completed: (ending: BakeEnding) => void;
}

/** A registry of its own, so that a test can open as many as it likes. */
export function openMeters(): Meters {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const begun = new Counter({
    name: 'bakehouse_bakes_begun_total',
    help: 'Bakes this worker has begun, tries counted.',
    labelNames: ['provider'],
    registers,
  });
  const seconds = new Histogram({
    name: 'bakehouse_bake_seconds',
    help: 'From the start of a try to its end.',
    labelNames: ['provider', 'state', 'class'],
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200],
    registers,
  });
  const completed = openTimer('bakesCompleted_seconds', {
    help: 'From the asking to the end of bakes that this worker ended, in the words of a classic bakery.',
    labelNames: ['success', 'cause', 'region'],
    registers,
  });
  const regions = fewRegions();
  return {
    registry,
    baking: (count) => {
      new Gauge({
        name: 'bakehouse_bakes_in_hand',
        help: 'Bakes this worker holds now.',
        registers,
        collect() {
          this.set(count());
        },
      });
      new Gauge({
        name: 'bakesActive',
        help: 'Bakes this worker holds now, in the words of a classic bakery.',
        labelNames: ['active'],
        registers,
        collect() {
          this.set({ active: 'true' }, count());
        },
      });
    },
    begun: ({ provider }) => begun.inc({ provider }),
    ended: ({ provider, state, class: failure, seconds: took }) =>
      seconds.observe({ provider, state, class: failure }, took),
    completed: (ending) => completed(completionOf(ending, regions), ending.seconds),
  };
}
