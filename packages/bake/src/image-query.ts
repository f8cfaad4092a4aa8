import { z } from 'zod';

/** A question to whoever knows the images of a cloud by name. */
export interface ImageQuery {
  /** The provider whose images are meant. */
  provider: string;
  /** The name of an image, or a part of it. */
  name: string;
  account: string;
  region: string;
}

/**
 * An image as Spinnaker's Clouddriver describes it, as far as it matters for a choice. Anything may be missing: whoever chooses
 * says what follows from that.
 */
export const FoundImage = z.object({
  imageName: z.string().nullish(),
  attributes: z.object({ creationDate: z.string().nullish(), virtualizationType: z.string().nullish() }).nullish(),
  /** Image ids by region. */
  amis: z.record(z.string(), z.array(z.string())).nullish(),
});
export type FoundImage = z.infer<typeof FoundImage>;
