import type { Artifacts } from '../../../packages/bake/src/artifact.ts';
import type { Bake } from '../../../packages/bake/src/bake.ts';
import { BakeKey } from '../../../packages/bake/src/key.ts';
import type { BakeRecipe } from '../../../packages/bake/src/recipe.ts';
import type { Ci } from '../../../packages/bake/src/request.ts';

const NOON = '2030-01-01T12:00:00.000Z';

/** A recipe of which a vector says only what its question is about. */
export const aRecipe = (
  said: Pick<BakeRecipe, 'provider' | 'region' | 'imageName'> & Partial<BakeRecipe>,
): BakeRecipe => ({
  base: 'any',
  sourceImage: 'any',
  appVersion: null,
  packageType: 'deb',
  template: 'any.json',
  varFile: null,
  bundle: 'any',
  variables: {},
  secrets: {},
  places: {},
  limits: { totalMs: 1, idleMs: 1, graceMs: 1 },
  ...said,
});

const identity = (id: string, recipe: BakeRecipe) => ({
  id,
  key: BakeKey.parse('a'),
  lane: 'default',
  priority: 5,
  labels: {},
  packages: [],
  askedAt: NOON,
  recipe,
  attempts: 1,
});

const begun = { startedAt: NOON, worker: 'a@b', phases: [] };

/** A good bake of that recipe. */
export const aBaked = (
  recipe: BakeRecipe,
  artifacts: Artifacts,
  { id = 'a', ci }: { id?: string; ci?: Ci } = {},
): Extract<Bake, { state: 'baked' }> => ({
  ...identity(id, recipe),
  ...begun,
  ...(ci && { ci }),
  state: 'baked',
  finishedAt: NOON,
  artifacts,
});

/** A bake that is being baked, and one that was cancelled. */
export const aBaking = (id: string): Bake => ({
  ...identity(id, aRecipe({ provider: 'docker', region: 'any', imageName: 'any' })),
  ...begun,
  state: 'baking',
  stopping: false,
});
export const aCancelled = (id: string): Bake => ({
  ...identity(id, aRecipe({ provider: 'docker', region: 'any', imageName: 'any' })),
  state: 'cancelled',
  finishedAt: NOON,
  reason: 'any',
});
