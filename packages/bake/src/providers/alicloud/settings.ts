import { z } from 'zod';
import { baseImagesWith } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';
import { Secret } from '../../settings/secret.ts';

/** How to bake in one region. */
const AlicloudVirtualization = z.object({
  region: z.string().optional(),
  instanceType: z.string().optional(),
  /** The id of an image. A template of the operator's own may know one where this says nothing. */
  sourceImage: z.string().optional(),
  sshUserName: z.string().optional(),
});

/** The section `alicloud`. */
export const AlicloudSettings = z.object({
  bakeryDefaults: z
    .object({
      /** Only the two together are sent; without them Packer takes `ALICLOUD_ACCESS_KEY` and `ALICLOUD_SECRET_KEY` of the worker. */
      alicloudAccessKey: Secret.optional(),
      alicloudSecretKey: Secret.optional(),
      alicloudVSwitchId: z.string().optional(),
      alicloudVpcId: z.string().optional(),
      templateFile: z.string().optional(),
      ...MaskedParameters,
      baseImages: baseImagesWith(z.array(AlicloudVirtualization).default([])),
    })
    .prefault({}),
});
export type AlicloudSettings = z.infer<typeof AlicloudSettings>;
