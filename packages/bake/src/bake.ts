import { z } from 'zod';
import { Artifacts } from './artifact.ts';
import { BakeFailure } from './failure.ts';
import { Instant } from './instant.ts';
import { BakeKey } from './key.ts';
import { Matches } from './match-packages/ci-artifact.ts';
import { BakeRecipe } from './recipe.ts';
import { Ci } from './request.ts';

/** What a worker is doing for a bake. */
export const Phase = z.enum(['staging', 'validating', 'building', 'publishing']);
export type Phase = z.infer<typeof Phase>;

/** A phase that has begun; its end is the beginning of the next, or the end of the bake. */
const PhaseEntry = z.object({ phase: Phase, at: Instant });
export type PhaseEntry = z.infer<typeof PhaseEntry>;

const Identity = z.object({
  id: z.string(),
  key: BakeKey,
  lane: z.string(),
  priority: z.number().int(),
  labels: z.record(z.string(), z.string()),
  packages: z.array(z.string()),
  askedAt: Instant,
  /** The build that asked, as it said. */
  ci: Ci.optional(),
  /** Which artifact each package came to be; absent where the request brought none. */
  matches: Matches.optional(),
  /** The pipeline run that asked, where the caller has such a thing. */
  execution: z.string().optional(),
  recipe: BakeRecipe,
  /** It was removed: its key is free, nothing joins it, and it is forgotten as soon as it has ended. */
  removed: z.literal(true).optional(),
  /** How often a worker has begun it. More than 1 after a retry or the loss of a worker. */
  attempts: z.number().int(),
  /** Why the try before this one failed, when it was worth another. */
  lastFailure: BakeFailure.optional(),
});

const begun = { startedAt: Instant, worker: z.string(), phases: z.array(PhaseEntry) };

/** The life of a bake. A baked one has artifacts, a failed one has a reason, and no other has either. The last three states never change. */
export const Bake = z.discriminatedUnion('state', [
  Identity.extend({ state: z.literal('waiting') }),
  Identity.extend({ state: z.literal('baking'), ...begun, stopping: z.boolean() }),
  Identity.extend({
    state: z.literal('baked'),
    ...begun,
    finishedAt: Instant,
    artifacts: Artifacts,
    /** Why it was told to stop, if it was: its image was there by then. */
    stopReason: z.string().optional(),
  }),
  Identity.extend({
    state: z.literal('failed'),
    ...z.object(begun).partial().shape,
    finishedAt: Instant,
    failure: BakeFailure,
  }),
  Identity.extend({
    state: z.literal('cancelled'),
    ...z.object(begun).partial().shape,
    finishedAt: Instant,
    /** Who or what asked for it, as they said it. */
    reason: z.string(),
  }),
]);
export type Bake = z.infer<typeof Bake>;
export type BakeState = Bake['state'];

export const BAKE_STATES = [
  'waiting',
  'baking',
  'baked',
  'failed',
  'cancelled',
] as const satisfies readonly BakeState[];

export type EndedBake = Extract<Bake, { finishedAt: Instant }> & { state: 'baked' | 'failed' | 'cancelled' };

export function hasEnded(bake: Bake): bake is EndedBake {
  return bake.state === 'baked' || bake.state === 'failed' || bake.state === 'cancelled';
}
