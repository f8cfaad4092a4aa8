import { type Beside, type Call, compareCall, disturbs, loseTrack } from './compare-call.ts';
import type { Unread } from './difference.ts';
import { unread, type Verdict } from './difference.ts';
import type { Line } from './line.ts';
import { showable, withoutSecrets } from './secrets.ts';

/** A call with what its line says of it. */
interface Noted extends Call {
  method: string;
  path: string;
}

/** Compares calls one at a time, in the order in which upstream has answered them: what one says counts for the next. */
export interface Clerk {
  take(noted: Noted): void;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

/** Calls that may wait for their comparison. Those beyond are not compared. */
const MOST_WAITING = 1_000;

/** Whom a clerk tells. */
export interface Ears {
  enter(line: Line): void;
  /** A comparison threw; the calls go on. */
  onBug(bug: unknown): void;
}

export function openClerk(beside: Beside, { enter, onBug }: Ears): Clerk {
  const waiting: (Noted | 'lost track')[] = [];
  let working: Promise<void> | undefined;

  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (next === 'lost track') beside.bakes.released();
      else enter(lineOf(next, await judge(next, { beside, onBug })));
    }
    working = undefined;
  };
  return {
    take(noted) {
      if (waiting.length < MOST_WAITING) waiting.push(noted);
      else {
        noted.passed.release();
        if (disturbs(noted.asked) && waiting.at(-1) !== 'lost track') waiting.push('lost track');
        enter(lineOf(noted, unread('too-much-at-once')));
      }
      working ??= work();
    },
    idle: async () => working,
  };
}

/** A comparison that throws is a bug, and no reason to stop the calls. */
async function judge(noted: Noted, { beside, onBug }: { beside: Beside; onBug: Ears['onBug'] }): Promise<Verdict> {
  try {
    return await compareCall(noted, beside);
  } catch (bug) {
    loseTrack(noted.asked, beside.bakes);
    onBug(bug);
    return unread('bug');
  } finally {
    noted.passed.release();
  }
}

function lineOf({ atMs, method, path, passed }: Noted, verdict: Verdict): Line {
  const differences = verdict.differences.map((difference) => showable(difference, verdict.secrets));
  const why: Unread | undefined = verdict.unread;
  return {
    time: new Date(atMs).toISOString(),
    method,
    path: withoutSecrets(path, verdict.secrets),
    status: passed.status === 0 ? null : passed.status,
    ours: verdict.ours,
    kinds: [...new Set(differences.filter(({ meant }) => !meant).map(({ kind }) => kind))],
    meant: [...new Set(differences.flatMap(({ meant }) => meant ?? []))],
    ...(why && { notCompared: why }),
    addedMs: Math.round(passed.addedMs * 1000) / 1000,
    ...(differences.length > 0 && { differences }),
  };
}
