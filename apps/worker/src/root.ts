import { type BakeFailure, type BakeRecipe, no, type Result, yes } from '@bakehouse/bake';
import { type Environment, findWayToRoot } from '@bakehouse/packer';

/** Which templates this worker builds as root, and the environment in which it looks for a way to be that. */
export interface RootRules {
  rootTemplates: readonly string[];
  environment: Environment;
}

/**
 * What is put before Packer for a recipe: nothing where it needs no root, or where this worker is root already. The failure says that
 * this worker does not build as root, or cannot.
 */
export async function rootFor(
  { needsRoot, template }: BakeRecipe,
  { rootTemplates, environment }: RootRules,
): Promise<Result<readonly string[], BakeFailure>> {
  if (!needsRoot) return yes([]);
  if (!rootTemplates.includes(template)) {
    return no(
      refusal(
        `template ${template} needs root, and this worker does not build it as root`,
        `add ${template} to BAKEHOUSE_ROOT_TEMPLATES of a worker that may be root, or send the bake to a lane whose workers have it there; if it needs no root, take it out of templatesNeedingRoot in the settings`,
      ),
    );
  }
  const way = await findWayToRoot(environment);
  if (way.ok) return way;
  return no(
    refusal(
      `template ${template} needs root: ${way.no}`,
      'run this worker as root, or let its user run /bin/sh by sudo without a password (NOPASSWD: /bin/sh)',
    ),
  );
}

const refusal = (message: string, next: string): BakeFailure => ({
  class: 'toolchain',
  message,
  evidence: [],
  next,
  leftovers: false,
});
