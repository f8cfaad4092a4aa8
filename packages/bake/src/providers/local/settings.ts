import { z } from 'zod';
import { baseImagesWith } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';

/** The section `local`. */
export const LocalSettings = z.object({
  bakeryDefaults: z.object({
    templateFile: z.string().default('local.json'),
    ...MaskedParameters,
    baseImages: baseImagesWith(
      z.object({
        /** A suite of Debian, e.g. `bookworm`. */
        sourceImage: z.string().min(1),
        /** Where its packages come from, instead of what the worker's own system uses. */
        mirror: z.string().optional(),
      }),
    ),
  }),
});
export type LocalSettings = z.infer<typeof LocalSettings>;
