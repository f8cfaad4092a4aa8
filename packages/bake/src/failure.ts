import { z } from 'zod';

const FailureClass = z.enum([
  // What Packer's own words say (the classes of the failure doctor).
  'template',
  'provisioner',
  'package',
  'auth',
  'quota',
  'capacity',
  'throttled',
  'network',
  'connect',
  'timeout',
  'name-conflict',
  'toolchain',
  'host',
  'unknown',
  // What only the bakery can know.
  'no-image',
  'disagreement',
  'worker-lost',
]);
export type FailureClass = z.infer<typeof FailureClass>;

/** Why a bake that was begun has no image. */
export const BakeFailure = z.object({
  class: FailureClass,
  /** One sentence: what went wrong, and with which thing. */
  message: z.string(),
  /** The log lines that say so, earliest first; empty when an exit code or a clock decided. */
  evidence: z.array(z.string()),
  /** What a person would do about it. */
  next: z.string(),
  /** Packer was killed before it could clear away what it had made in the cloud. */
  leftovers: z.boolean(),
});
export type BakeFailure = z.infer<typeof BakeFailure>;

/** A bake is tried again only where the machine or the cloud failed, never where the recipe did. */
export const isWorthAnotherTry: Record<FailureClass, boolean> = {
  template: false,
  provisioner: false,
  package: false,
  auth: false,
  quota: false,
  capacity: true,
  throttled: true,
  network: true,
  connect: false,
  timeout: false,
  'name-conflict': false,
  toolchain: false,
  host: true,
  unknown: false,
  'no-image': false,
  disagreement: false,
  'worker-lost': true,
};
