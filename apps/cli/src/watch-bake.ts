import { setTimeout as pause } from 'node:timers/promises';
import { type Bake, hasEnded, no, type Result } from '@bakehouse/bake';
import type { Bakery, ToldBake } from './bakery.ts';
import { followLog, type LogNews } from './follow-log.ts';
import { clock } from './quantities.ts';
import { harmless, type Screen } from './screen.ts';
import { stateOf } from './show-bake.ts';
import type { Trouble } from './trouble.ts';

/** How often the record is looked at while its log is followed: states and phases are not in the log. */
const LOOK_EVERY_MS = 500;
const DRAW_EVERY_MS = 200;

/** Shows a bake as it goes, log lines above a status line, until it has ended; answers with the ended record. */
export async function watchBake(
  { bakery, screen }: { bakery: Bakery; screen: Screen },
  bake: Bake,
  { after, tail, signal }: { after: number; tail?: number | undefined; signal: AbortSignal },
): Promise<Result<ToldBake, Trouble>> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const view = openView(screen, bake);
  const looking = look(bakery, { id: bake.id, view }, until);
  try {
    for await (const news of followLog(bakery, bake.id, { after, tail, signal })) {
      if ('trouble' in news) return no(news.trouble);
      if ('end' in news) break;
      view.tell(news);
    }
    return await finalRecord(bakery, bake.id, signal);
  } finally {
    over.abort();
    await looking;
    view.close();
  }
}

interface View {
  tell(news: Extract<LogNews, { line: unknown } | { gap: unknown } | { lost: unknown }>): void;
  see(bake: Bake): void;
  close(): void;
}

function openView(screen: Screen, first: Bake): View {
  let seen = first;
  const chronicle = openChronicle(screen);
  const draw = () =>
    screen.status(`${screen.paint('bold', sinceAsked(seen, Date.now()))}  ${stateOf(seen)}  ${seen.recipe.imageName}`);
  const timer = setInterval(draw, DRAW_EVERY_MS);
  const see = (bake: Bake) => {
    seen = bake;
    chronicle(bake);
    draw();
  };
  see(first);
  return {
    see,
    tell(news) {
      if ('lost' in news) return screen.complain(`the log broke off (${news.lost.why}); connecting again`);
      screen.emit(news);
      if ('line' in news) screen.print(harmless(news.line.text));
      else screen.print(screen.paint('dim', `… lines ${news.gap.from} to ${news.gap.to} were not kept …`));
    },
    close() {
      clearInterval(timer);
      screen.status('');
    },
  };
}

/** Prints each state and phase once, with the time at which it began, however many have begun since the last look. */
function openChronicle(screen: Screen): (bake: Bake) => void {
  const said = new Set<string>();
  return (bake) => {
    if (hasEnded(bake)) return;
    const phases = bake.state === 'baking' ? bake.phases : [];
    const marks: { what: string; at: string }[] = [
      { what: bake.state, at: bake.state === 'baking' ? bake.startedAt : bake.askedAt },
      ...phases.map(({ phase, at }) => ({ what: phase, at })),
    ];
    for (const { what, at } of marks) {
      // A bake that is begun again goes through the same phases at other times.
      if (said.has(what + at)) continue;
      said.add(what + at);
      screen.emit({ phase: what, at });
      screen.print(screen.paint('cyan', `-- ${sinceAsked(bake, Date.parse(at))} ${what}`));
    }
  };
}

const sinceAsked = ({ askedAt }: Bake, now: number): string => clock(now - Date.parse(askedAt));

/** Looks at the record again and again. That it cannot be had is for the log's follower to judge. */
async function look(bakery: Bakery, { id, view }: { id: string; view: View }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const found = await bakery.find(id);
    if (found.ok) view.see(found.value);
  }
}

/** The record once it is an ended one: the log can be a moment ahead of it, and the api may go away in between. */
async function finalRecord(bakery: Bakery, id: string, signal: AbortSignal): Promise<Result<ToldBake, Trouble>> {
  for (let tries = 0; ; tries++) {
    const found = await bakery.find(id);
    const settled = found.ok ? hasEnded(found.value) : found.no.kind !== 'away' && found.no.kind !== 'not-ready';
    if (settled || tries === 40) return found;
    await pause(LOOK_EVERY_MS / 2, undefined, { signal }).catch(() => {});
  }
}
