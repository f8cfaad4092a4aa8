import type { Difference, Unread } from './difference.ts';

/** One call, as the report has it. */
export interface Line {
  time: string;
  method: string;
  path: string;
  /** Upstream's status, or the proxy's own where upstream is away; `null` where the caller left before there was one. */
  status: number | null;
  /** The status that ours would have answered; `null` where it was not asked or could not say. */
  ours: number | null;
  /** Kinds of difference that nobody means. */
  kinds: readonly string[];
  /** Rows of the list of deviations that the call met. */
  meant: readonly string[];
  /** Why nothing was compared. */
  notCompared?: Unread;
  /** What the proxy took of the call's time until the first line of the answer, in milliseconds. */
  addedMs: number;
  differences?: readonly Difference[];
}
