import { z } from 'zod';
import { baseImagesWith } from '../../settings/base-image.ts';
import { MaskedParameters } from '../../settings/masked.ts';
import { Secret } from '../../settings/secret.ts';

/** The section `docker`. */
export const DockerSettings = z.object({
  bakeryDefaults: z.object({
    templateFile: z.string().default('docker.json'),
    /** Registry and path before the image's name, e.g. `registry.example:5000/team`. */
    targetRepository: z.string().optional(),
    /** For a registry that asks who is there. */
    loginServer: z.string().optional(),
    loginUsername: z.string().optional(),
    loginPassword: Secret.optional(),
    ...MaskedParameters,
    /** Without a `sourceImage` a request has to name one. */
    baseImages: baseImagesWith(z.object({ sourceImage: z.string().optional() }).optional()),
  }),
});
export type DockerSettings = z.infer<typeof DockerSettings>;
