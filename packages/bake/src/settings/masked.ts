import { z } from 'zod';

/** For every provider's `bakeryDefaults`: names of variables that nobody may see, besides the provider's own secrets. Classic pipelines mask them in logs. */
export const MaskedParameters = { maskedPackerParameters: z.array(z.string().min(1)).default([]) };

/** What a section that has been read says of them. */
export const maskedIn = (section: unknown): readonly string[] =>
  Section.safeParse(section).data?.bakeryDefaults.maskedPackerParameters ?? [];

const Section = z.object({ bakeryDefaults: z.object(MaskedParameters) });
