import { z } from 'zod';
import { Secret } from './secret.ts';

/** For every provider's `bakeryDefaults`: variables that nobody may see, besides the provider's own secrets. */
export const MaskedParameters = {
  /** By their names alone, whoever says their values. Classic pipelines mask them in logs. */
  maskedPackerParameters: z.array(z.string().min(1)).default([]),
  /** By name and value, which gets no further than the worker and does not count for the bake's key: for any template, instead of what other settings say. */
  secretVariables: z.record(z.string(), Secret).default({}),
};

/** A section of the settings that has them. */
export interface Masking {
  bakeryDefaults: { maskedPackerParameters: readonly string[]; secretVariables: Readonly<Record<string, string>> };
}
