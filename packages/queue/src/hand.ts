import { randomUUID } from 'node:crypto';
import { type Bake, type BakeEnding, endingOf, instantOf } from '@bakehouse/bake';
import { z } from 'zod';
import { readBundle } from './bundles.ts';
import type { BakeInHand, StopReason } from './consumer.ts';
import { recordOf, toBake } from './record.ts';
import { runScript } from './script.ts';
import { beginScript } from './scripts/begin.ts';
import { enterScript } from './scripts/enter.ts';
import type { Store } from './store.ts';
import { type LogBounds, openPen } from './write-log.ts';

/** One run of one bake in this worker. */
export interface Hand {
  readonly id: string;
  /** Only the run that began last may report on a bake. */
  readonly run: string;
  /** The first reason stands. */
  stop(reason: StopReason): void;
  readonly signal: AbortSignal;
  stopped(): StopReason | undefined;
}

export function aHand(id: string): Hand {
  const stopper = new AbortController();
  let reason: StopReason | undefined;
  return {
    id,
    run: randomUUID(),
    signal: stopper.signal,
    stopped: () => reason,
    stop: (why) => {
      if (reason !== undefined) return;
      reason = why;
      stopper.abort(why);
    },
  };
}

/** A bake that was begun: what the worker's program gets, and the rules the bake was taken in under. */
export interface Begun {
  bake: BakeInHand;
  maxAttempts: number;
}

/** Begins a bake for a hand. Answers undefined for one that needs no baking any more, and the ending of one that ended by this. */
export async function begin(
  store: Store,
  hand: Hand,
  { worker, bounds }: { worker: string; bounds: LogBounds },
): Promise<Begun | BakeEnding | undefined> {
  const { redis, names } = store;
  const { id, run, signal } = hand;
  const now = new Date();
  const told = await runScript(redis, beginScript, {
    keys: [names.bake(id)],
    args: [names.prefix, id, run, worker, instantOf(now), now.getTime()],
  });
  const answer = Answer.parse(told);
  if (answer[0] === 'ended' || answer[0] === 'gone') return undefined;
  const record = recordOf(answer[1]);
  const bake = toBake(record);
  if (answer[0] === 'cancelled' || !bake) return bake && endingOf(bake);

  const say = openPen(store, { id, run, bounds });
  if (record['logLast'] !== undefined) await say([`— attempt ${bake.attempts} —`]);
  const confided = record['confided'];
  return { bake: inHand(store, { bake, confided, run, signal, say }), maxAttempts: Number(record['maxAttempts']) };
}

const Answer = z.union([
  z.tuple([z.enum(['begun', 'cancelled']), z.array(z.string())]),
  z.tuple([z.literal('ended'), z.string()]),
  z.tuple([z.literal('gone')]),
]);

function inHand(
  store: Store,
  {
    bake,
    confided,
    run,
    signal,
    say,
  }: { bake: Bake; confided: string | undefined; run: string; signal: AbortSignal; say: BakeInHand['say'] },
): BakeInHand {
  const { redis, names } = store;
  const { id, recipe, attempts } = bake;
  return {
    id,
    recipe,
    confided,
    attempt: attempts,
    signal,
    say,
    bundle: () => readBundle(store, recipe.bundle),
    enter: async (phase) => {
      await runScript(redis, enterScript, { keys: [names.bake(id)], args: [run, phase, instantOf(new Date())] });
    },
  };
}
