import { z } from 'zod';
import { BaseImageSettings } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';
import { Secret } from '../../settings/secret.ts';

/** Whether a guest knows that it is one. */
export const VmType = z.enum(['pv', 'hvm']);
export type VmType = z.infer<typeof VmType>;

/** How to bake in one region on one type of virtual machine. An entry that leaves either out is never taken. */
export const AwsVirtualization = z.object({
  region: z.string().optional(),
  virtualizationType: VmType.optional(),
  instanceType: z.string().optional(),
  /** The id of an image, or a name that is searched for. */
  sourceAmi: z.string().optional(),
  /** Of several images that a search finds the newest, instead of the first. */
  mostRecent: z.boolean().default(false),
  /** Whose images Packer searches by name: account ids, `self`, `amazon`. A search service knows its accounts itself. */
  sourceAmiOwners: z.array(z.string().min(1)).min(1).default(['self']),
  sshUserName: z.string().optional(),
  winRmUserName: z.string().optional(),
  /** `0` for none, `auto`, or what to pay at most. */
  spotPrice: z.string().optional(),
  /** Whose price history decides where the price is `auto`. */
  spotPriceAutoProduct: z.string().optional(),
});
export type AwsVirtualization = z.infer<typeof AwsVirtualization>;

/** Source images by base image, vm type, label and region, for settings without a `sourceAmi`: `aws.base.trusty.hvm.release.us-east-1`. */
export type SourceTree = string | undefined | { [key: string]: SourceTree };
const SourceTree: z.ZodType<SourceTree> = z.lazy(() =>
  z.union([z.string(), z.undefined(), z.record(z.string(), SourceTree)], 'expected the id or the name of an image'),
);

/** The section `aws`. */
export const AwsSettings = z.object({
  bakeryDefaults: z
    .object({
      ...MaskedParameters,
      templateFile: z.string().optional(),
      defaultVirtualizationType: VmType.default('hvm'),
      /** Only the two together are sent; without them Packer looks where AWS programs look. */
      awsAccessKey: Secret.optional(),
      awsSecretKey: Secret.optional(),
      awsSubnetId: z.string().optional(),
      awsVpcId: z.string().optional(),
      awsAssociatePublicIpAddress: z.boolean().optional(),
      baseImages: z
        .array(
          z.object({ baseImage: BaseImageSettings, virtualizationSettings: z.array(AwsVirtualization).default([]) }),
        )
        .default([]),
    })
    .prefault({}),
  base: SourceTree.optional(),
});
export type AwsSettings = z.infer<typeof AwsSettings>;
