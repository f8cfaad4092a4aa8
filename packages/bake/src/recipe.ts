import { z } from 'zod';
import { PackageType } from './os-package/package-type.ts';
import { PackageArtifact } from './request.ts';
import { Place, SecretName, Variables } from './variable.ts';

/** How long a bake may take, in milliseconds. */
export const Limits = z.object({
  /** From the start of Packer to its end. */
  totalMs: z.number().int().positive(),
  /** Without a line of output. */
  idleMs: z.number().int().positive(),
  /** From the request to stop until what is left is killed: what a cloud may take to delete things. */
  graceMs: z.number().int().positive(),
});
export type Limits = z.infer<typeof Limits>;

/** Everything a worker needs to bake: plain data, no secrets, no look-ups left to do. */
export const BakeRecipe = z.object({
  provider: z.string(),
  region: z.string(),
  /** Id of the base image; `null` where the request says itself what to start from. */
  base: z.string().nullable(),
  sourceImage: z.string(),
  imageName: z.string(),
  appVersion: z.string().nullable(),
  packageType: PackageType,
  template: z.string(),
  varFile: z.string().nullable(),
  /** Digest of the bundle that holds the template, its var file and its scripts. */
  bundle: z.string(),
  variables: Variables,
  /** Variable name → name of a secret that the worker resolves. */
  secrets: z.record(z.string(), SecretName),
  /** Variables whose values came with the request and nobody but the worker may read: they travel apart from the recipe. */
  confidential: z.array(z.string()).optional(),
  /** Variable name → a place that the worker knows. */
  places: z.record(z.string(), Place),
  /** What the `artifacts-file` holds, where a place asks for it. */
  packageArtifacts: z.array(PackageArtifact).optional(),
  /** Packer has to be root to build this; absent for most. Whether a worker does that is the worker's to say. */
  needsRoot: z.literal(true).optional(),
  limits: Limits,
});
export type BakeRecipe = Readonly<z.infer<typeof BakeRecipe>>;
