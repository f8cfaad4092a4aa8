import path from 'node:path';
import type { BakeRecipe } from '@bakehouse/bake';
import type { Stage } from './stage.ts';

/** `packer build` for a recipe. The caller's var file comes first and ours last, so that ours wins; no value is ever an argument. */
export function buildArguments(stage: Stage, recipe: BakeRecipe): string[] {
  // Any other `-on-error` leaves what a cancelled build made in the cloud.
  return ['build', '-machine-readable', '-on-error=cleanup', ...inputs(stage, recipe)];
}

export function validateArguments(stage: Stage, recipe: BakeRecipe): string[] {
  return ['validate', '-machine-readable', ...inputs(stage, recipe)];
}

function inputs({ configDir, varFile }: Stage, recipe: BakeRecipe): string[] {
  const theirs = recipe.varFile === null ? [] : [`-var-file=${path.join(configDir, recipe.varFile)}`];
  return [...theirs, `-var-file=${varFile}`, path.join(configDir, recipe.template)];
}
