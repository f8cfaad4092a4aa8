import { z } from 'zod';
import { baseImagesWith } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';
import { Secret } from '../../settings/secret.ts';

/** Who bakes, and where. */
export const OracleAccount = z.object({
  name: z.string().optional(),
  compartmentId: z.string().optional(),
  tenancyId: z.string().optional(),
  userId: z.string().optional(),
  fingerprint: z.string().optional(),
  /** The key that signs calls, as a path on the worker. */
  sshPrivateKeyFilePath: z.string().optional(),
  privateKeyPassphrase: Secret.optional(),
  /** The region that is baked in, whatever a request says. */
  region: z.string().optional(),
});
export type OracleAccount = z.infer<typeof OracleAccount>;

/** The section `oracle`. */
export const OracleSettings = z.object({
  accounts: z.array(OracleAccount).default([]),
  bakeryDefaults: z
    .object({
      availabilityDomain: z.string().optional(),
      subnetId: z.string().optional(),
      instanceShape: z.string().optional(),
      templateFile: z.string().optional(),
      ...MaskedParameters,
      baseImages: baseImagesWith(
        z
          .object({
            /** A template of the operator's own may know one where this says nothing. */
            baseImageId: z.string().optional(),
            sshUserName: z.string().optional(),
          })
          .optional(),
      ),
    })
    .prefault({}),
});
export type OracleSettings = z.infer<typeof OracleSettings>;
