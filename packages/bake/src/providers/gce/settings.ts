import { z } from 'zod';
import { BaseImageSettings } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';

/** A base image; pipelines' forms show which ones are families. */
export const GceBaseImage = BaseImageSettings.extend({ isImageFamily: z.boolean().default(false) });
export type GceBaseImage = z.infer<typeof GceBaseImage>;

const GceDefaults = z.object({
  templateFile: z.string().optional(),
  /** Where the instance that is baked runs; the image is everywhere. */
  zone: z.string().optional(),
  network: z.string().optional(),
  /** The project that a shared network belongs to. */
  networkProjectId: z.string().optional(),
  subnetwork: z.string().optional(),
  useInternalIp: z.boolean().optional(),
  baseImages: z
    .array(
      z.object({
        baseImage: GceBaseImage,
        /** An image, or a family of which the newest is taken. The image wins. */
        virtualizationSettings: z
          .object({ sourceImage: z.string().optional(), sourceImageFamily: z.string().optional() })
          .optional(),
      }),
    )
    .default([]),
});
export type GceDefaults = z.infer<typeof GceDefaults>;

export const GceAccount = z.object({
  name: z.string().optional(),
  project: z.string().optional(),
  /** A key file on the disk of the worker. */
  jsonPath: z.string().optional(),
});
export type GceAccount = z.infer<typeof GceAccount>;

/** The section `google`. */
export const GceSettings = z.object({
  accounts: z.array(GceAccount).default([]),
  bakeryDefaults: GceDefaults.extend(MaskedParameters).prefault({}),
  /** Where older bakeries have the same; it fills the gaps. */
  gce: z.object({ bakeryDefaults: GceDefaults.prefault({}) }).prefault({}),
});
export type GceSettings = z.infer<typeof GceSettings>;

/** Both places as one: ours first, in the list of base images too. */
export function gceDefaults({ bakeryDefaults: ours, gce: { bakeryDefaults: older } }: GceSettings): GceDefaults {
  return {
    templateFile: ours.templateFile || older.templateFile,
    zone: ours.zone || older.zone,
    network: ours.network || older.network,
    networkProjectId: ours.networkProjectId || older.networkProjectId,
    subnetwork: ours.subnetwork || older.subnetwork,
    useInternalIp: ours.useInternalIp ?? older.useInternalIp,
    baseImages: [...ours.baseImages, ...older.baseImages],
  };
}
