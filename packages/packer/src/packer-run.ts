import type { PackerReport } from '@bakehouse/bake';

/** How a run of Packer ended. Whether it made an image is for `readArtifacts` to say, of the report. */
export type PackerRun =
  | { ended: 'exited'; report: PackerReport }
  /** `signal` asked. `killed`: the grace was over and the group was killed, so cloud resources may be left. */
  | { ended: 'stopped'; killed: boolean }
  | { ended: 'timed-out'; limit: 'total' | 'idle' | 'output'; killed: boolean; report: PackerReport };

/** What a run needs from the worker. */
export interface Kitchen {
  signal: AbortSignal;
  /** Lines for people, redacted, in order; awaited before more are read, so a slow reader slows the reading, never Packer. */
  tell: (lines: readonly string[]) => Promise<void>;
}
