import { z } from 'zod';
import { PackageType } from '../../os-package/package-type.ts';

const Name = z.string().trim().max(256);

/** The options that only azure has. */
export const AzureOptions = z.strictObject({
  /** Instead of the first package's name in the image's name; an empty one leaves that part out. */
  baseName: z.string().max(256).optional(),
  /** Instead of the time in the image's name. */
  baseLabel: z.enum(['release', 'candidate', 'previous', 'unstable', 'foundation']).optional(),
  /** What the image's name ends with, instead of the base image or the osType; an empty one leaves that part out. */
  system: Name.optional(),
  /** An image of the marketplace, instead of the base image's: all three are the request's once there is a publisher. */
  publisher: Name.min(1).optional(),
  offer: Name.optional(),
  sku: Name.optional(),
  /** A managed image of the resource group; the templates named after it start from it. */
  customManagedImage: Name.min(1).optional(),
  /** For a request without a base image: which of our templates, and which packages unless packageType says so. */
  osType: z.enum(['linux', 'windows']).optional(),
  packageType: PackageType.optional(),
});
export type AzureOptions = z.infer<typeof AzureOptions>;
