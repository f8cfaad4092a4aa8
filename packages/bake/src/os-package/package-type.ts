import { z } from 'zod';

/** The families of operating system packages, as templates and scripts spell them. */
export const PackageType = z.enum(['deb', 'rpm', 'nupkg']);
export type PackageType = z.infer<typeof PackageType>;
