import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { pathOf, readTarget } from './asked.ts';
import { openClerk } from './clerk.ts';
import { disturbs } from './compare-call.ts';
import { openRoom } from './copy.ts';
import { openOurSide } from './our-side.ts';
import { type Onlooker, openProxy } from './proxy.ts';
import type { Report } from './report.ts';
import { openSeenBakes } from './seen-bakes.ts';
import { openTally, type Summary } from './tally.ts';

/** A proxy before an existing bakery that asks ours beside it. */
export interface Shadow {
  url: string;
  summary(): Summary;
  /** Lets open calls end, compares what waits, and closes the report; `hurry` cuts both short. */
  close(hurry: AbortSignal): Promise<void>;
}

export interface ShadowPlan {
  upstream: URL;
  listen: { host: string; port: number };
  api: string;
  report: Report;
  /** A comparison threw; the calls go on. */
  onBug(bug: unknown): void;
}

/** Of one body: what is larger would hold the calls up while it is read. */
const LARGEST_COPY = 256 * 1024;
const ALL_COPIES = 16 * 1024 * 1024;

export async function openShadow({ upstream, listen, api, report, onBug }: ShadowPlan): Promise<Shadow> {
  const closing = new AbortController();
  const tally = openTally();
  const clerk = openClerk(
    { api: openOurSide(api, closing.signal), bakes: openSeenBakes() },
    {
      onBug,
      enter(line) {
        tally.count(line);
        report.write(line);
      },
    },
  );
  const proxy = await openProxy({
    upstream,
    listen,
    onlooker: openOnlooker(clerk),
    copies: { limit: LARGEST_COPY, room: openRoom(ALL_COPIES) },
  });
  return {
    url: proxy.url,
    summary: () => tally.summary(),
    async close(hurry) {
      const hurried = () => {
        proxy.breakOff();
        closing.abort();
      };
      if (hurry.aborted) hurried();
      else hurry.addEventListener('abort', hurried, { once: true });
      await proxy.close();
      await clerk.idle();
      await report.close();
    },
  };
}

/** Notes what each call's head says, and whether anything that takes keys from bakes went on meanwhile. */
function openOnlooker(clerk: ReturnType<typeof openClerk>): Onlooker {
  let [underWay, begun] = [0, 0];
  return ({ method = 'GET', url = '/', headers }: IncomingMessage) => {
    const asked = readTarget(method, url);
    const disturbing = disturbs(asked);
    const calm = underWay === 0;
    if (disturbing) {
      underWay += 1;
      begun += 1;
    }
    const begunBefore = begun;
    const atMs = Date.now();
    return {
      keep: asked.kind === 'other' ? 'nothing' : 'bodies',
      passed: (passed) => {
        if (disturbing) underWay -= 1;
        clerk.take({
          asked,
          passed,
          atMs,
          method,
          path: pathOf(url),
          headers: forOurSide(headers),
          execution: headers['x-spinnaker-execution-id'] ? 'some' : 'none',
          settled: calm && begun === begunBefore,
        });
      },
    };
  };
}

/** What a body is, and in whose name is asked. */
const forOurSide = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name === 'content-type' || name.startsWith('x-spinnaker-') ? [[name, String(value)]] : [],
    ),
  );
