import type { BakeEnding, BakeOutcome, BakeRecipe, Bundle, Phase } from '@bakehouse/bake';
import type { LogBounds } from './write-log.ts';

/** A bake as a worker holds it, and its lines to Redis. */
export interface BakeInHand {
  readonly id: string;
  readonly recipe: BakeRecipe;
  /** What its confidential variables hold, as the producer handed it over; `undefined` where there are none. */
  readonly confided: string | undefined;
  /** 1 for the first time it is begun. */
  readonly attempt: number;
  /** When it must stop: `reason` is a StopReason. */
  readonly signal: AbortSignal;
  /** The files it was planned with; rejects when Redis has lost them. */
  bundle(): Promise<Bundle>;
  /** Appends lines to the log. Batched by the caller: one call is one write. */
  say(lines: readonly string[]): Promise<void>;
  enter(phase: Phase): Promise<void>;
}

/** `cancelled`: somebody asked. `shutdown`: this worker stops, another one bakes it. `lost`: another worker may hold it already. */
export type StopReason = 'cancelled' | 'shutdown' | 'lost';

/** What became of a bake in a worker's hands. `stopped` answers `signal`, and nothing else does. */
export type BakeEnd = { outcome: BakeOutcome } | 'stopped';

export interface ConsumerOptions {
  redisUrl: string;
  /** `<uuid>@<hostname>`. */
  workerId: string;
  lanes: readonly string[];
  slots: number;
  /** Which Packer this worker runs, for its presence. */
  packer: string;
  bake: (bake: BakeInHand) => Promise<BakeEnd>;
  /** Trouble that no caller waits for: Redis away, a lock lost. */
  onTrouble: (error: Error) => void;
  /** Of all keys; the producers' own. `{bakehouse}` if not said. */
  prefix?: string | undefined;
  /** When a worker counts as lost; for tests that cannot wait. */
  patience?: Partial<Patience> | undefined;
  /** How much of a log is kept. */
  logBounds?: LogBounds | undefined;
  /** Told of each end of a bake that this worker wrote into the record, and by nobody else of that one: for metrics and logs. */
  onEnd?: ((ending: BakeEnding) => void) | undefined;
}

/** How long a silent worker keeps its bake. Another one has it after `lockMs` and two checks at most. */
export interface Patience {
  /** A worker renews its hold twice as often as that. */
  lockMs: number;
  checkEveryMs: number;
  /** A bake that loses more workers than this fails as `worker-lost`. */
  losses: number;
}

export interface BakeConsumer {
  /** Ids of the bakes in hand. */
  inHand(): readonly string[];
  /** Takes nothing new; resolves when nothing is in hand any more. */
  drain(): Promise<void>;
  /**
   * Stops what is in hand with `shutdown`; each bake waits again, with no attempt used up. While Redis is away that cannot be written:
   * after some seconds the bakes are let go as they are, and count as those of a lost worker.
   */
  stopNow(): void;
  /** After `drain`: lets go of Redis. */
  close(): Promise<void>;
}
