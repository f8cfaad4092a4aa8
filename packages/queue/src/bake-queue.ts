import type { Bake, BakePlan, BakeState } from '@bakehouse/bake';
import type { Queue } from 'bullmq';
import type { LogEvent, LogPage } from './log-page.ts';
import type { WorkerPresence } from './presence.ts';

/** The producer's hand in Redis: take plans in, read records back, stop bakes. Every call rejects with `RedisAway` at once while Redis is away. */
export interface BakeQueue {
  /** Takes a plan in, or answers with the bake that already stands for its key. Never two bakes waiting or baking for one key. */
  submit(plan: BakePlan, how: SubmitOptions): Promise<Submission>;
  find(id: string): Promise<Bake | undefined>;
  /** The bake that stands for a key: waiting, baking, or baked and not superseded. */
  findByKey(key: string): Promise<Bake | undefined>;
  list(query: BakeQuery): Promise<BakePage>;
  /** Waiting bakes are cancelled by the time this returns; a baking one is told to stop, wherever it runs. */
  cancel(id: string, asked: { reason: string; now: Date }): Promise<CancelAnswer>;
  /**
   * Removes the bake that stands for a key, whoever uses it, or the last one of the key if that failed: the key is free at once, and a call that
   * comes at the same time starts a new bake or came before. What waits is cancelled and what bakes is told to stop; the record goes with the call,
   * or, of one that bakes, some seconds after its end, and says `removed` until then. Answers the bake's id, undefined when there is none.
   */
  removeByKey(key: string, asked: { reason: string; now: Date }): Promise<string | undefined>;
  /**
   * Ends what executions have to do with their bakes: a bake that only they use is removed as by `removeByKey`, others are spared. To start
   * a bake and to join it are both to use it; one that somebody outside executions has started or joined, or very many have, stays its time.
   * Unknown groups have no bakes. Answers the ids of what was removed.
   */
  release(groups: readonly string[], asked: { reason: string; now: Date }): Promise<string[]>;
  /** What is kept of a bake's log. Undefined for an unknown bake; a page without lines for a bake that said nothing. */
  readLog(id: string, range?: LogRange): Promise<LogPage | undefined>;
  /** The log from a cursor on, live; ends after the bake's last line, or when `signal` fires. */
  followLog(id: string, how: { after: number; signal: AbortSignal }): AsyncIterable<LogEvent>;
  workers(): Promise<WorkerPresence[]>;
  /** How many bakes are in each state, ended ones as far as they are kept. */
  counts(): Promise<Readonly<Record<BakeState, number>>>;
  /** BullMQ's own metrics of all lanes in Prometheus' text format, ending in a newline. */
  metrics(): Promise<string>;
  /** The lanes as BullMQ queues: for the dashboard only, which draws nothing else. */
  readonly lanes: readonly Queue[];
  /** Rejects when Redis does not answer, or not within `withinMs`. */
  ping(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface SubmitOptions {
  /** The new bake's id, if it comes to one. */
  id: string;
  now: Date;
  /** `join` answers with the twin; `supersede` cancels a waiting or baking twin, forgets a baked one, and bakes again. */
  ifTwin: 'join' | 'supersede';
  /** What the recipe's confidential variables hold, as text for the worker alone; it is gone from Redis when the bake has ended. */
  confided?: string | undefined;
  /** The pipeline run that asks. */
  execution?: string | undefined;
  /** The executions whose bakes are released together, this one's among them; it uses the answered bake from now on. Absent or empty for a caller outside executions. */
  group?: string | undefined;
  /** A caller's own name for this call: repeated within a day it gets the same bake, whatever became of it. */
  idempotency?: { key: string; fingerprint: string } | undefined;
}

export type Submission =
  | { answer: 'taken'; bake: Bake }
  /** `twin`: an equal bake waits, bakes or has baked. `repeat`: the same idempotency key. */
  | { answer: 'joined'; because: 'twin' | 'repeat'; bake: Bake }
  /** The idempotency key was used for another request. */
  | { answer: 'key-reused'; bake: Bake }
  /** A caller's own id that an earlier bake has, which is not the one that stands for this key: asked again, that one is joined. */
  | { answer: 'id-taken'; bake: Bake };

export type CancelAnswer = { answer: 'cancelled' | 'stopping' | 'ended'; bake: Bake } | { answer: 'unknown' };

export interface BakeQuery {
  state?: BakeState | undefined;
  provider?: string | undefined;
  /** `name=value`. */
  label?: string | undefined;
  key?: string | undefined;
  image?: string | undefined;
  /** 1 to 200. */
  limit: number;
  /** From the page before. */
  cursor?: string | undefined;
}

/** Newest first. */
export interface BakePage {
  bakes: Bake[];
  /** Absent on the last page. */
  cursor?: string;
}

export interface LogRange {
  /** Lines after this number. */
  from?: number | undefined;
  /** Only the last so many of them. */
  tail?: number | undefined;
}
