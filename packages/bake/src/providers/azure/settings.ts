import { z } from 'zod';
import { BaseImageSettings } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';
import { Secret } from '../../settings/secret.ts';

/** A base image of the marketplace: publisher, offer and sku name it. */
export const AzureBaseImage = BaseImageSettings.extend({
  publisher: z.string().optional(),
  offer: z.string().optional(),
  sku: z.string().optional(),
  /** Shown to callers; Packer always takes the latest. */
  version: z.string().optional(),
});
export type AzureBaseImage = z.infer<typeof AzureBaseImage>;

/** Who bakes, and into which resource group. Without an id and a key Packer is whoever its machine is. */
export const AzureAccount = z.object({
  name: z.string().optional(),
  clientId: Secret.optional(),
  appKey: Secret.optional(),
  tenantId: z.string().optional(),
  subscriptionId: z.string().optional(),
  objectId: z.string().optional(),
  packerResourceGroup: z.string().optional(),
  /** The classic bakery has it and does not use it either. */
  packerStorageAccount: z.string().optional(),
});
export type AzureAccount = z.infer<typeof AzureAccount>;

/** The section `azure`. */
export const AzureSettings = z.object({
  accounts: z.array(AzureAccount).default([]),
  bakeryDefaults: z
    .object({
      templateFile: z.string().optional(),
      ...MaskedParameters,
      baseImages: z.array(z.object({ baseImage: AzureBaseImage })).default([]),
    })
    .prefault({}),
});
export type AzureSettings = z.infer<typeof AzureSettings>;
