import type { BakeFailure, BakeState } from '@bakehouse/bake';
import { UnrecoverableError, WaitingError } from 'bullmq';
import type { BakeEnd, BakeInHand, ConsumerOptions } from './consumer.ts';
import { begin, type Hand } from './hand.ts';
import { insist } from './redis-away.ts';
import type { Store } from './store.ts';
import { judge, layDown, type Verdict } from './verdict.ts';
import { LOG_BOUNDS, sealLog } from './write-log.ts';

/** One run of a bake, from its first write to its last. What it answers, or throws, tells BullMQ what to do with the job. */
export async function runBake(
  { store, options }: { store: Store; options: ConsumerOptions },
  hand: Hand,
  giveBack: () => Promise<unknown>,
): Promise<string> {
  const { workerId: worker, logBounds: bounds = LOG_BOUNDS, onTrouble, onEnd } = options;
  const begun = await insist(store.redis, () => begin(store, hand, { worker, bounds }), onTrouble);
  if (!begun || 'state' in begun) {
    if (begun) onEnd?.(begun);
    await seal(store, hand.id, onTrouble);
    return 'needed no baking';
  }

  const end = await bakeUnlessStopped(options.bake, begun.bake);
  const { attempt } = begun.bake;
  const verdict = judge(end, { attempt, maxAttempts: begun.maxAttempts, stopped: hand.stopped() });
  const laid = verdict.to === 'let-go' ? undefined : await layDown(store, hand, { verdict, onTrouble });
  if (laid === undefined) {
    onTrouble(new Error(`another worker may have bake ${hand.id}; what this one made of it is not recorded`));
    // Wherever its job is, it is no business of this worker any more.
    throw new WaitingError();
  }
  const { state, ending } = laid;
  if (ending) onEnd?.(ending);
  if (state !== 'waiting') await seal(store, hand.id, onTrouble);
  return tellBullMq(state, { verdict, giveBack });
}

/** A bake that throws met a broken machine, or a bug; unless it was told to stop. One that was told already is not begun. */
async function bakeUnlessStopped(bake: ConsumerOptions['bake'], inHand: BakeInHand): Promise<BakeEnd> {
  if (inHand.signal.aborted) return 'stopped';
  try {
    return await bake(inHand);
  } catch (error) {
    return inHand.signal.aborted ? 'stopped' : { outcome: { ok: false, no: brokenMachine(error) } };
  }
}

const brokenMachine = (error: unknown): BakeFailure => ({
  class: 'host',
  message: `the worker could not bake it: ${error instanceof Error ? error.message : error}`.slice(0, 2_000),
  evidence: [],
  next: 'see the worker’s own log for the cause, and that it has disk, memory and its templates',
  leftovers: false,
});

/** The rounds seal what is left unsealed. */
const seal = (store: Store, id: string, onTrouble: (error: Error) => void): Promise<void> =>
  sealLog(store, id).catch(onTrouble);

/** BullMQ learns of a failure by a throw, of a job that goes back by another; what it keeps of them is for the dashboard only. */
async function tellBullMq(
  state: BakeState,
  { verdict, giveBack }: { verdict: Verdict; giveBack: () => Promise<unknown> },
): Promise<string> {
  if (state === 'waiting') {
    if ('failure' in verdict) throw new Error(inShort(verdict.failure));
    await giveBack();
    throw new WaitingError();
  }
  if (state === 'failed' && 'failure' in verdict) throw new UnrecoverableError(inShort(verdict.failure));
  return state;
}

const inShort = (failure: BakeFailure): string => `${failure.class}: ${failure.message}`.slice(0, 500);
