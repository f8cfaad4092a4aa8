import { z } from 'zod';

/** An image that now exists, and where. */
export const Artifact = z.object({
  type: z.templateLiteral([z.string(), '/image']),
  /** The region it was asked for in, or the one Packer says it is in. */
  location: z.string(),
  /** What the cloud, the registry or the file system calls it: an image id, a `repo:tag`, an absolute path. */
  reference: z.string(),
  name: z.string(),
  /** Of files only: `sha256:<hex>`. */
  digest: z.string().optional(),
  /** Of files only: bytes. */
  size: z.number().int().optional(),
});
export type Artifact = z.infer<typeof Artifact>;

/** What a good bake has: the image that was asked for first, then its copies. */
export const Artifacts = z.tuple([Artifact], Artifact);
export type Artifacts = z.infer<typeof Artifacts>;
