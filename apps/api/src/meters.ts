import type { BakeState } from '@bakehouse/bake';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** `plain` is a new bake, `joined` was answered by an existing one, `rebake` superseded one, `refused` came to none. */
type Flavor = 'plain' | 'joined' | 'rebake' | 'refused';

/** What the api counts. */
export interface Meters {
  requested: (flavor: Flavor) => void;
  /** A bake was taken whose secrets are kept as they are. */
  leftOpen: () => void;
  answered: (call: { method: string; route: string; status: number }, seconds: number) => void;
  /** How many bakes are in each state; `undefined` while nobody can say. */
  counted: (counts: Readonly<Record<BakeState, number>> | undefined) => void;
  /** All of it in Prometheus' text format, ending in a newline. */
  print: () => Promise<string>;
  contentType: string;
}

/** A registry of its own, so that a test can open as many as it likes. */
export function openMeters(): Meters {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requested = new Counter({
    name: 'bakehouse_bakes_requested_total',
    help: 'Requests for a bake, by what they came to: plain, joined, rebake or refused.',
    labelNames: ['flavor'],
    registers,
  });
  const leftOpen = new Counter({
    name: 'bakehouse_secrets_left_open_total',
    help: 'Bakes taken with secrets that stand in Redis as they are until the bake has ended, for lack of a sealing key.',
    registers,
  });
  const seconds = new Histogram({
    name: 'bakehouse_http_request_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
    registers,
  });
  const bakes = new Gauge({
    name: 'bakehouse_bakes',
    help: 'Bakes by state, ended ones as far as they are kept.',
    labelNames: ['state'],
    registers,
  });
  const redis = new Gauge({
    name: 'bakehouse_redis_up',
    help: '1 when Redis answered this scrape, else 0.',
    registers,
  });

  return {
    requested: (flavor) => requested.inc({ flavor }),
    leftOpen: () => leftOpen.inc(),
    answered: (call, took) => seconds.observe(call, took),
    counted: (counts) => {
      redis.set(counts ? 1 : 0);
      // A stale number is worse than none.
      bakes.reset();
      for (const [state, count] of Object.entries(counts ?? {})) bakes.set({ state }, count);
    },
    print: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
