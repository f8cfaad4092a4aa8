import { setTimeout as pause } from 'node:timers/promises';
import { no, type Result, yes } from '@bakehouse/bake';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { z } from 'zod';
import type { Bakery } from './bakery.ts';
import type { Trouble } from './trouble.ts';

/** What a follower sees; `lost` says that the api went away and is being looked for. Nothing comes after `end` or `trouble`. */
export type LogNews =
  | { line: { number: number; text: string } }
  | { gap: { from: number; to: number } }
  | { lost: { why: string } }
  | { end: BakeEnd }
  | { trouble: Trouble };

const BakeEnd = z.enum(['baked', 'failed', 'cancelled']);
type BakeEnd = z.infer<typeof BakeEnd>;

export interface FollowOptions {
  /** Lines after this number. */
  after: number;
  tail?: number | undefined;
  signal: AbortSignal;
  /** Waits before each new try; when they are used up without a word from the api, following ends in trouble. */
  patienceMs?: readonly number[];
}

/** About a minute: an api that is being replaced is back by then. */
const PATIENCE_MS = [100, 250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000];

/** A connection that held so long has shown that the api is there, even if the bake said nothing. */
const STEADY_MS = 10_000;

/** Follows a bake's log over any number of connections: every line once, in order, from where the last connection broke. */
export async function* followLog(bakery: Bakery, id: string, how: FollowOptions): AsyncGenerator<LogNews> {
  const { signal, patienceMs = PATIENCE_MS } = how;
  const place = { cursor: how.after, tail: how.tail, tries: 0 };
  while (true) {
    const trouble = yield* listen(bakery, id, { place, signal });
    if (trouble === 'ended') return;
    const wait = isPassing(trouble) ? patienceMs[place.tries] : undefined;
    if (wait === undefined) return yield { trouble };
    if (place.tries === 0) yield { lost: { why: 'why' in trouble ? trouble.why : 'it is not ready' } };
    place.tries += 1;
    await pause(wait, undefined, { signal }).catch(() => {});
  }
}

interface Place {
  cursor: number;
  /** Only for the first connection that brings something: later ones go on from the cursor. */
  tail: number | undefined;
  tries: number;
}

/** One connection. Returns why it is over. */
async function* listen(
  bakery: Bakery,
  id: string,
  { place, signal }: { place: Place; signal: AbortSignal },
): AsyncGenerator<LogNews, Trouble | 'ended'> {
  const opened = await bakery.openLog(id, { after: place.cursor, tail: place.tail, signal });
  if (!opened.ok) return opened.no;
  const openedAt = performance.now();
  for await (const heard of readEvents(opened.value, bakery.url)) {
    if (!heard.ok) return heard.no;
    place.tries = 0;
    const news = heard.value;
    if ('end' in news) {
      yield news;
      return 'ended';
    }
    const last = 'line' in news ? news.line.number : news.gap.to;
    if (last <= place.cursor) continue;
    place.cursor = last;
    place.tail = undefined;
    yield news;
  }
  if (signal.aborted) return { kind: 'interrupted' };
  if (performance.now() - openedAt > STEADY_MS) place.tries = 0;
  return { kind: 'away', url: bakery.url, why: 'it closed the log before the end' };
}

const isPassing = ({ kind }: Trouble): boolean => kind === 'away' || kind === 'not-ready';

type Heard = { line: { number: number; text: string } } | { gap: { from: number; to: number } } | { end: BakeEnd };

const Gap = z.object({ from: z.number(), to: z.number() });
const End = z.object({ state: BakeEnd });

/** The events of one connection, until it breaks or ends; a break is not worth a word, for the caller sees no end. */
async function* readEvents(response: Response, url: string): AsyncGenerator<Result<Heard, Trouble>> {
  if (!response.body) return;
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      for (const event of events.splice(0)) {
        const heard = understand(event);
        yield heard
          ? yes(heard)
          : no({
              kind: 'foreign',
              url,
              why: `its log holds an event '${event.event ?? ''}' with ${event.data.slice(0, 80)}`,
            });
      }
    }
  } catch {
    // A broken connection: the caller opens the next one.
  }
}

/** Undefined for what no Bakehouse of this version says. */
function understand({ event, id, data }: EventSourceMessage): Heard | undefined {
  if (event === 'end') {
    const end = End.safeParse(parsed(data));
    return end.success ? { end: end.data.state } : undefined;
  }
  if (event === 'gap') {
    const gap = Gap.safeParse(parsed(data));
    return gap.success ? { gap: gap.data } : undefined;
  }
  const number = Number(id);
  return Number.isInteger(number) && number > 0 ? { line: { number, text: data } } : undefined;
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
