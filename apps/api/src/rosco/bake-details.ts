import { type Artifact, type Bake, no, providers, type Result, yes } from '@bakehouse/bake';
import { z } from 'zod';

const ClassicArtifact = z.object({
  type: z.string(),
  customKind: z.boolean(),
  name: z.string(),
  version: z.null(),
  location: z.string(),
  reference: z.string(),
  metadata: z
    .object({ build_info_url: z.string().nullable(), build_number: z.string().nullable() })
    .partial()
    .describe('Empty for one of several copies.'),
  artifactAccount: z.null(),
  provenance: z.null(),
  uuid: z.string(),
});
type ClassicArtifact = z.infer<typeof ClassicArtifact>;

/** What a good bake made, in the classic bakery's words. */
export const BakeDetails = z.object({
  id: z.string(),
  ami: z.string().nullable(),
  image_name: z.string(),
  regions: z.array(z.string()).nullable(),
  artifact: ClassicArtifact,
  artifacts: z.array(ClassicArtifact).optional().describe('Empty; absent where each region has its own.'),
});
export type BakeDetails = z.infer<typeof BakeDetails>;

type BakedBake = Extract<Bake, { state: 'baked' }>;

/**
 * What a good bake made. Of clouds that copy images to other regions it is the copy in `region`, or the regions that there are; `region` means
 * nothing on the others.
 */
export function toDetails(bake: BakedBake, region: string): Result<BakeDetails, readonly string[]> {
  return providers[bake.recipe.provider]?.copiesByRegion ? detailsOfCopy(bake, region) : yes(detailsOfImage(bake));
}

function detailsOfCopy(bake: BakedBake, region: string): Result<BakeDetails, readonly string[]> {
  const copies = [...bake.artifacts].sort(byLocation);
  const regions = copies.map(({ location }) => location);
  const copy = copies.find(({ location }) => location === region);
  if (!copy) return no(regions);
  const artifact = asClassic(copy, bake, { metadata: {} });
  return yes({ id: bake.id, ami: copy.reference, image_name: copy.name, regions, artifact });
}

/** An image that is known by its name alone has no id of its own: callers deploy it by its name. */
function detailsOfImage(bake: BakedBake): BakeDetails {
  const { id, recipe, ci } = bake;
  const [image] = bake.artifacts;
  const reference = providers[recipe.provider]?.address?.(image, recipe) ?? image.reference;
  return {
    id,
    ami: image.reference === image.name ? null : image.reference,
    image_name: image.name,
    regions: null,
    artifact: asClassic({ ...image, location: recipe.region, reference }, bake, {
      metadata: { build_info_url: ci?.url ?? null, build_number: ci?.number ?? null },
    }),
    artifacts: [],
  };
}

const asClassic = (
  { type, location, reference }: Artifact,
  { id, recipe }: BakedBake,
  { metadata }: Pick<ClassicArtifact, 'metadata'>,
): ClassicArtifact => ({
  type,
  customKind: false,
  name: recipe.imageName,
  version: null,
  location,
  reference,
  metadata,
  artifactAccount: null,
  provenance: null,
  uuid: id,
});

const byLocation = (one: Artifact, other: Artifact): number => {
  if (one.location === other.location) return 0;
  return one.location < other.location ? -1 : 1;
};
