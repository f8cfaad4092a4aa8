import { z } from 'zod';
import type { BaseImage } from '../base-image.ts';
import { PackageType } from '../os-package/package-type.ts';

/** A base image as an operator describes it, the same on every cloud. */
export const BaseImageSettings = z.object({
  id: z.string().min(1),
  shortDescription: z.string().optional(),
  detailedDescription: z.string().optional(),
  packageType: PackageType.optional(),
  /** Instead of the provider's own. */
  templateFile: z.string().optional(),
  osType: z.enum(['linux', 'windows']).default('linux'),
  /** Instead of the repository of its package type. */
  customRepository: z.string().optional(),
});
export type BaseImageSettings = z.infer<typeof BaseImageSettings>;

/** The base images of a cloud, each with how to bake on it there: one way, or one for each region. */
export const baseImagesWith = <Virtualization extends z.ZodType>(virtualizationSettings: Virtualization) =>
  z.array(z.object({ baseImage: BaseImageSettings, virtualizationSettings })).default([]);

export function toBaseImage({ id, packageType, osType, ...said }: BaseImageSettings): BaseImage {
  return {
    id,
    shortDescription: said.shortDescription ?? null,
    detailedDescription: said.detailedDescription ?? null,
    packageType: packageType ?? null,
    templateFile: said.templateFile ?? null,
    osType,
    customRepository: said.customRepository ?? null,
  };
}
