import { type Bake, providers } from '@bakehouse/bake';
import { z } from 'zod';

const ClassicArtifact = z.object({
  type: z.string(),
  customKind: z.boolean(),
  name: z.string(),
  version: z.null(),
  location: z.string(),
  reference: z.string(),
  metadata: z.object({ build_info_url: z.string().nullable(), build_number: z.string().nullable() }),
  artifactAccount: z.null(),
  provenance: z.null(),
  uuid: z.string(),
});

/** What a good bake made, in the classic bakery's words. */
export const BakeDetails = z.object({
  id: z.string(),
  ami: z.string().nullable(),
  image_name: z.string(),
  regions: z.array(z.string()).nullable(),
  artifact: ClassicArtifact,
  artifacts: z.array(ClassicArtifact),
});
export type BakeDetails = z.infer<typeof BakeDetails>;

/** An image that is known by its name alone has no id of its own: callers deploy it by its name. */
export function toDetails(bake: Extract<Bake, { state: 'baked' }>): BakeDetails {
  const { id, recipe, ci } = bake;
  const [image] = bake.artifacts;
  return {
    id,
    ami: image.reference === image.name ? null : image.reference,
    image_name: image.name,
    regions: null,
    artifact: {
      type: image.type,
      customKind: false,
      name: recipe.imageName,
      version: null,
      location: recipe.region,
      reference: providers[recipe.provider]?.address?.(image, recipe) ?? image.reference,
      metadata: { build_info_url: ci?.url ?? null, build_number: ci?.number ?? null },
      artifactAccount: null,
      provenance: null,
      uuid: id,
    },
    artifacts: [],
  };
}
