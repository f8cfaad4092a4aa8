import { z } from 'zod';
import { toDetails } from '../../../apps/api/src/rosco/bake-details.ts';
import type { Artifacts } from '../../../packages/bake/src/artifact.ts';
import { providers } from '../../../packages/bake/src/providers/index.ts';
import { readArtifacts } from '../../../packages/bake/src/read-artifacts.ts';
import type { BakeRecipe } from '../../../packages/bake/src/recipe.ts';
import { readOutput } from '../../../packages/packer/src/report.ts';
import type { Vector } from '../vector.ts';
import { compare, notYet, type Verdict } from '../verdict.ts';
import { aBaked, aRecipe } from './baked.ts';

const Input = z.object({
  provider: z.string(),
  region: z.string(),
  imageName: z.string(),
  output: z.string(),
  manifest: z.unknown(),
  exitCode: z.number().nullable(),
});

/** From what Packer printed to the images of a bake, and on to the classic answer about its first one. */
export function checkArtifacts({ input, expected }: Vector): Verdict {
  const { output, manifest, exitCode, ...asked } = Input.parse(input);
  if (!(asked.provider in providers)) return notYet(`the provider ${asked.provider} is not here`);

  const recipe = aRecipe(asked);
  const outcome = readArtifacts(
    readOutput(output, { manifest, exitCode, notices: providers[asked.provider]?.notices }),
    recipe,
  );
  if (outcome.ok)
    return compare(expected, { images: outcome.value.map(asImage), primary: asPrimary(recipe, outcome.value) });
  const kind = outcome.no.class;
  return compare(expected, { failure: kind === 'no-image' || kind === 'disagreement' ? kind : 'packer-failed' });
}

const asImage = ({ location, reference, name }: Artifacts[0]) => ({ location, reference, name });

function asPrimary(recipe: BakeRecipe, artifacts: Artifacts): { ami: string | null; image_name: string | null } | null {
  const details = toDetails(aBaked(recipe, artifacts), recipe.region);
  return details.ok ? { ami: details.value.ami, image_name: details.value.image_name } : null;
}
