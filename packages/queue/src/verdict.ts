import { type BakeEnding, type BakeFailure, type BakeState, instantOf, isWorthAnotherTry } from '@bakehouse/bake';
import { z } from 'zod';
import type { BakeEnd, StopReason } from './consumer.ts';
import { endingIn } from './record.ts';
import { insist } from './redis-away.ts';
import { runScript } from './script.ts';
import { endScript } from './scripts/end.ts';
import type { Store } from './store.ts';

/** What to do with a bake whose run is over: the state it comes to, what is written beside, whether the attempt counts. */
export type Verdict =
  | { to: 'baked'; fields: { artifacts: string }; images: readonly string[] }
  | { to: 'failed'; fields: { failure: string }; failure: BakeFailure }
  | { to: 'cancelled'; fields: { reason: string } }
  | { to: 'waiting'; fields: { lastFailure: string }; failure: BakeFailure }
  /** This worker stops: another one begins it afresh, with no attempt used up. */
  | { to: 'waiting'; fields: Record<string, never> }
  /** Another run has it, or may have it. */
  | { to: 'let-go' };

/** Decides; the one place that says what is tried again. */
export function judge(
  end: BakeEnd,
  { attempt, maxAttempts, stopped }: { attempt: number; maxAttempts: number; stopped: StopReason | undefined },
): Verdict {
  if (end === 'stopped') return stopped === undefined ? failed(STOPPED_UNASKED) : ofStop[stopped];
  const { outcome } = end;
  if (outcome.ok) {
    const images = outcome.value.flatMap(({ name, reference }) => [name, reference]);
    return { to: 'baked', fields: { artifacts: JSON.stringify(outcome.value) }, images };
  }
  const mayTryAgain = isWorthAnotherTry[outcome.no.class] && attempt < maxAttempts;
  return mayTryAgain
    ? { to: 'waiting', fields: { lastFailure: JSON.stringify(outcome.no) }, failure: outcome.no }
    : failed(outcome.no);
}

const ofStop: Record<StopReason, Verdict> = {
  cancelled: { to: 'cancelled', fields: { reason: 'cancelled' } },
  shutdown: { to: 'waiting', fields: {} },
  lost: { to: 'let-go' },
};

const failed = (failure: BakeFailure): Verdict => ({
  to: 'failed',
  fields: { failure: JSON.stringify(failure) },
  failure,
});

const STOPPED_UNASKED: BakeFailure = {
  class: 'unknown',
  message: 'the worker stopped the bake though nobody had asked it to',
  evidence: [],
  next: 'this is a fault in Bakehouse: please report it with the bake’s log',
  leftovers: false,
};

/**
 * Writes a verdict down. While Redis is away it keeps trying: an image that exists must not be lost. No clock bounds that: as long as Redis is
 * away nobody can begin the bake elsewhere, and once somebody has, the run token says so. Answers what the bake came to, with its ending if this run ended it,
 * or undefined when it is another's.
 */
export async function layDown(
  store: Store,
  { id, run }: { id: string; run: string },
  { verdict, onTrouble }: { verdict: Exclude<Verdict, { to: 'let-go' }>; onTrouble: (error: Error) => void },
): Promise<{ state: Exclude<BakeState, 'baking'>; ending: BakeEnding | undefined } | undefined> {
  const { redis, names } = store;
  const now = new Date();
  const attempt = verdict.to === 'waiting' && !('failure' in verdict) ? 'unused' : 'used';
  const images = verdict.to === 'baked' ? verdict.images.map(names.index.image) : [];
  const asked = {
    keys: [names.bake(id), ...new Set(images)],
    args: [
      names.prefix,
      id,
      run,
      verdict.to,
      attempt,
      instantOf(now),
      now.getTime(),
      ...Object.entries(verdict.fields).flat(),
    ],
  };
  const [word, state, flat] = Answer.parse(await insist(redis, () => runScript(redis, endScript, asked), onTrouble));
  return word === 'done' ? { state, ending: endingIn(flat) } : undefined;
}

const Answer = z.union([
  z.tuple([z.literal('done'), z.enum(['waiting', 'baked', 'failed', 'cancelled']), z.array(z.string()).optional()]),
  z.tuple([z.literal('not-yours'), z.string()]).transform(([word]) => [word, undefined, undefined] as const),
]);
