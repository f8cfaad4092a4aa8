import type { BakeOutcome, BakeRecipe, Bundle, Phase } from '@bakehouse/bake';

/** A bake as a worker holds it, and its lines to Redis. */
export interface BakeInHand {
  readonly id: string;
  readonly recipe: BakeRecipe;
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
  /** Told after each bake whose end is in the record, for metrics and logs. */
  onEnd?: (ended: { id: string; state: 'baked' | 'failed' | 'cancelled' | 'waiting' }) => void;
}

export interface BakeConsumer {
  /** Ids of the bakes in hand. */
  inHand(): readonly string[];
  /** Takes nothing new; resolves when nothing is in hand any more. */
  drain(): Promise<void>;
  /** Stops what is in hand with `shutdown`; each bake waits again, with no attempt used up. */
  stopNow(): void;
  /** After `drain`: lets go of Redis. */
  close(): Promise<void>;
}
