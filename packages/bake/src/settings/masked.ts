import { z } from 'zod';

/** For every provider's `bakeryDefaults`: names of variables that nobody may see, besides the provider's own secrets. Classic pipelines mask them in logs. */
export const MaskedParameters = { maskedPackerParameters: z.array(z.string().min(1)).default([]) };

/** A section of the settings that has them. */
export interface Masking {
  bakeryDefaults: { maskedPackerParameters: readonly string[] };
}
