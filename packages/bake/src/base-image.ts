import { z } from 'zod';
import { PackageType } from './os-package/package-type.ts';

/** An operating system a provider offers to bake on, as callers see it. Never a source image id, a user or a credential. */
export const BaseImage = z.object({
  id: z.string(),
  shortDescription: z.string().nullable(),
  detailedDescription: z.string().nullable(),
  /** `null` where the settings forgot it; then nothing can be baked on it. */
  packageType: PackageType.nullable(),
  templateFile: z.string().nullable(),
  osType: z.enum(['linux', 'windows']),
  customRepository: z.string().nullable(),
  /** What only its provider says of a base image, by the names its settings use. */
  facts: z.record(z.string(), z.union([z.string(), z.boolean()]).nullable()).optional(),
});
export type BaseImage = Readonly<z.infer<typeof BaseImage>>;
