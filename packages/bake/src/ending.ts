import { type Bake, hasEnded } from './bake.ts';
import type { FailureClass } from './failure.ts';

/** How a bake ended, as much of it as is counted. */
export type BakeEnding = {
  id: string;
  provider: string;
  region: string;
  /** From when it was asked for to its end. */
  seconds: number;
} & ({ state: 'baked' | 'cancelled' } | { state: 'failed'; class: FailureClass });

/** Undefined for a bake that has not ended. */
export function endingOf(bake: Bake): BakeEnding | undefined {
  if (!hasEnded(bake)) return undefined;
  const { id, askedAt, finishedAt, recipe } = bake;
  const counted = {
    id,
    provider: recipe.provider,
    region: recipe.region,
    seconds: Math.max(0, (Date.parse(finishedAt) - Date.parse(askedAt)) / 1000),
  };
  return bake.state === 'failed'
    ? { ...counted, state: 'failed', class: bake.failure.class }
    : { ...counted, state: bake.state };
}
