import { type BakeEnding, type BakeState, completionOf, fewRegions } from '@bakehouse/bake';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { openTimer } from './timer.ts';

/** `plain` is a new bake, `joined` was answered by an existing one, `rebake` superseded one, `refused` came to none. */
type Flavor = 'plain' | 'joined' | 'rebake' | 'refused';

/** A classic call in the words of the classic bakery's own code; region and provider as the path has them. */
interface Invocation {
  controller: string;
  method: string;
  status: number;
  region: string | undefined;
  provider: string | undefined;
}

/** What the api counts. */
export interface Meters {
  requested: (flavor: Flavor) => void;
  /** A bake was taken whose secrets are kept as they are. */
  leftOpen: () => void;
  answered: (call: { method: string; route: string; status: number }, seconds: number) => void;
  /** A bake was ended by this api, and not by a worker. */
  ended: (ending: BakeEnding) => void;
  /** A classic call was answered. */
  invoked: (call: Invocation, took: { seconds: number; bytes: number | undefined }) => void;
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
  const classic = openClassicMeters(registry);

  return {
    requested: (flavor) => {
      requested.inc({ flavor });
      classic.requested(flavor);
    },
    leftOpen: () => leftOpen.inc(),
    answered: (call, took) => seconds.observe(call, took),
    ended: classic.ended,
    invoked: classic.invoked,
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

/** What dashboards made for a classic bakery ask for, under the names it exports. */
function openClassicMeters(registry: Registry): Pick<Meters, 'requested' | 'ended' | 'invoked'> {
  const registers = [registry];
  const regions = fewRegions();
  const requested = new Counter({
    name: 'bakesRequested_total',
    help: 'Requests for a bake that were taken, in the words of a classic bakery.',
    labelNames: ['flavor'],
    registers,
  });
  const completed = openTimer('bakesCompleted_seconds', {
    help: 'From the asking to the end of bakes that this api ended, in the words of a classic bakery.',
    labelNames: ['success', 'cause', 'region'],
    registers,
  });
  const labelNames = [
    ...(['controller', 'method', 'status', 'statusCode', 'criticality'] as const),
    ...(['cloudProvider', 'region', 'success', 'cause'] as const),
  ];
  const invocations = openTimer('controller_invocations_seconds', {
    help: 'Classic calls, in the words of a classic bakery.',
    labelNames,
    registers,
  });
  const lengths = openTimer('controller_invocations_contentLength', {
    help: 'Bytes that classic calls bring, in the words of a classic bakery.',
    labelNames,
    registers,
  });
  return {
    requested: (flavor) => {
      const word = FLAVOR_OF[flavor];
      if (word) requested.inc({ flavor: word });
    },
    ended: (ending) => completed(completionOf(ending, regions), ending.seconds),
    invoked: ({ controller, method, status, region, provider }, { seconds, bytes }) => {
      const labels = {
        ...{ controller, method, status: `${Math.floor(status / 100)}xx`, statusCode: String(status) },
        criticality: 'unknown',
        cloudProvider: provider ?? 'None',
        // Anything may stand in a path: a region that a bake was taken for is one.
        region:
          region === undefined ? 'None' : regions[method === 'createBake' && status < 300 ? 'learn' : 'say'](region),
        // So says a classic bakery of every call whose error it has put into words, as it does with all.
        ...{ success: 'true', cause: 'None' },
      };
      invocations(labels, seconds);
      if (bytes !== undefined) lengths(labels, bytes);
    },
  };
}

/** What was refused a classic bakery does not count. */
const FLAVOR_OF: Record<Flavor, string | undefined> = {
  plain: 'plain',
  joined: 'duplicate',
  rebake: 'rebake',
  refused: undefined,
};
