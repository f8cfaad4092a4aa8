import type { PackerReport } from '@bakehouse/bake';
import type { Packer } from './toolchain.ts';

/** How a run of Packer ended. Whether it made an image is for `readArtifacts` to say, of the report. */
export type PackerRun =
  /** `refused`: Packer rejected the template or a variable while preparing, before any build began. */
  | { ended: 'exited'; refused: boolean; report: PackerReport }
  /** `signal` asked. `killed`: the grace was over and the tree was killed, so cloud resources may be left. */
  | { ended: 'stopped'; killed: boolean }
  | { ended: 'overran'; limit: Overrun; killed: boolean; report: PackerReport };

/** Which limit: of time in all, of time without output, of bytes of output. */
export type Overrun = 'total' | 'idle' | 'output';

/** What a run needs from the worker. */
export interface Kitchen {
  packer: Packer;
  /** What `findWayToRoot` puts before a command, for a Packer that has to be root and a worker that is not. */
  sudo?: readonly string[];
  /** What Packer may see of the worker's environment: see `allowedEnvironment`. */
  environment: Readonly<Record<string, string>>;
  /** Values that no line may show. Credentials in `environment` are known without being named here. */
  secrets: readonly string[];
  signal: AbortSignal;
  /** Lines for people, redacted, in order; awaited before more are read, so a slow reader slows the reading, never Packer. If it rejects, the run is stopped and rejects too. */
  tell: (lines: readonly string[]) => Promise<void>;
  /** How many bytes Packer may print; 2 GiB if not said. */
  outputLimit?: number;
}
