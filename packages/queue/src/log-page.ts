/** Lines of a bake's log, numbered from 1 in the order they were said. */
export interface LogLine {
  number: number;
  text: string;
}

/** Lines that were said and not kept, because a log holds its head and its tail. */
export interface LogGap {
  /** Number of the first and the last line that are gone. */
  from: number;
  to: number;
}

export type LogPiece = { line: LogLine } | { gap: LogGap };

/** A stretch of a log. `cursor` is the number of its last line: ask again with `from: cursor` to go on. */
export interface LogPage {
  pieces: readonly LogPiece[];
  cursor: number;
}

/** What a follower sees: pieces as they come, then the end with the bake's final state; nothing comes after it. */
export type LogEvent = LogPiece | { end: 'baked' | 'failed' | 'cancelled' };
