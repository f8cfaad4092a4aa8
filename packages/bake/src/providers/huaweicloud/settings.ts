import { z } from 'zod';
import { baseImagesWith } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';
import { Secret } from '../../settings/secret.ts';

/** How to bake in one region. */
const HuaweicloudVirtualization = z.object({
  region: z.string().optional(),
  eipType: z.string().optional(),
  instanceType: z.string().optional(),
  /** The id of an image. A template of the operator's own may know one where this says nothing. */
  sourceImageId: z.string().optional(),
  sshUserName: z.string().optional(),
});

/** The section `huaweicloud`. */
export const HuaweicloudSettings = z.object({
  bakeryDefaults: z
    .object({
      authUrl: z.string().optional(),
      /** Who logs in where Packer's plugin is older than 1.0. */
      username: Secret.optional(),
      password: Secret.optional(),
      /** Who logs in where it is newer. Only the two together are sent. */
      accessKey: Secret.optional(),
      secretKey: Secret.optional(),
      projectName: z.string().optional(),
      domainName: z.string().optional(),
      /** Trusts certificates that nobody vouches for. */
      insecure: z.boolean().optional(),
      vpcId: z.string().optional(),
      subnetId: z.string().optional(),
      securityGroup: z.string().optional(),
      /** Mbit/s of the builder's address; 0 or less is as if it were not there. */
      eipBandwidthSize: z.number().int().optional(),
      templateFile: z.string().optional(),
      ...MaskedParameters,
      baseImages: baseImagesWith(z.array(HuaweicloudVirtualization).default([])),
    })
    .prefault({}),
});
export type HuaweicloudSettings = z.infer<typeof HuaweicloudSettings>;
