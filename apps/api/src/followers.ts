import { PassThrough, pipeline, Readable } from 'node:stream';

/** Comes between events when nothing else does, so that no proxy takes a quiet bake for a dead one. */
const KEEP_ALIVE = ': still here\n\n';

/** The event streams that callers hold open. */
export interface Followers {
  /** Opens a stream of what `events` says; `events` is stopped by its signal when the caller goes or the server closes. */
  open(events: (signal: AbortSignal) => AsyncIterable<string>): Readable;
  /** Ends every stream that is open, and any that is opened later. */
  dismiss(): void;
}

export function welcomeFollowers({ keepAliveMs = 15_000 } = {}): Followers {
  const closing = new AbortController();
  const open = new Set<AbortController>();

  return {
    open(events) {
      const follower = new AbortController();
      if (closing.signal.aborted) follower.abort();
      open.add(follower);
      const stream = new PassThrough();
      const beat = setInterval(() => stream.write(KEEP_ALIVE), keepAliveMs);
      pipeline(Readable.from(events(follower.signal)), stream, () => {
        clearInterval(beat);
        open.delete(follower);
        follower.abort();
      });
      stream.once('close', () => follower.abort());
      return stream;
    },
    dismiss() {
      closing.abort();
      for (const follower of open) follower.abort();
    },
  };
}
