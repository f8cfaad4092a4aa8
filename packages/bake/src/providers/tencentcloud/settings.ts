import { z } from 'zod';
import { baseImagesWith } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';
import { Secret } from '../../settings/secret.ts';

/** How to bake in one region. */
export const TencentcloudVirtualization = z.object({
  region: z.string().optional(),
  zone: z.string().optional(),
  instanceType: z.string().optional(),
  /** The id of an image. A template of the operator's own may know one where this says nothing. */
  sourceImageId: z.string().optional(),
  /** For people: classic settings say here which image the id is of. */
  imageName: z.string().optional(),
  sshUserName: z.string().optional(),
});
export type TencentcloudVirtualization = z.infer<typeof TencentcloudVirtualization>;

/** The section `tencentcloud`. */
export const TencentcloudSettings = z.object({
  bakeryDefaults: z
    .object({
      /** Only the two together are sent; without them Packer takes `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY` of the worker. */
      secretId: Secret.optional(),
      secretKey: Secret.optional(),
      subnetId: z.string().optional(),
      vpcId: z.string().optional(),
      associatePublicIpAddress: z.boolean().optional(),
      templateFile: z.string().optional(),
      ...MaskedParameters,
      baseImages: baseImagesWith(z.array(TencentcloudVirtualization).default([])),
    })
    .prefault({}),
});
export type TencentcloudSettings = z.infer<typeof TencentcloudSettings>;
