import { z } from 'zod';
import { PackageType } from './os-package/package-type.ts';

/** An operating system a provider offers to bake on, as callers see it. Never a source image id, a user or a credential. */
export const BaseImage = z.object({
  id: z.string(),
  shortDescription: z.string().nullable(),
  detailedDescription: z.string().nullable(),
  packageType: PackageType,
  templateFile: z.string().nullable(),
  osType: z.enum(['linux', 'windows']),
  customRepository: z.string().nullable(),
});
export type BaseImage = Readonly<z.infer<typeof BaseImage>>;
