import { z } from 'zod';
import { Instant } from '@bakehouse/bake';

/** A worker that was heard of within the last seconds. */
export const WorkerPresence = z.object({
  /** `<uuid>@<hostname>`: new at every start. The classic bakery's clients split it at the `@`. */
  id: z.string(),
  startedAt: Instant,
  seenAt: Instant,
  lanes: z.array(z.string()),
  /** Bakes at once. */
  slots: z.number().int(),
  /** Ids of the bakes in hand. */
  baking: z.array(z.string()),
  draining: z.boolean(),
  /** Which Packer it found, e.g. `1.6.6`. */
  packer: z.string(),
});
export type WorkerPresence = z.infer<typeof WorkerPresence>;
