import { endTree, type TreeMark } from './process-tree.ts';

/** Stops a running Packer the one way that works on every version, and leaves nothing of it behind. */
export interface Leash<Why> {
  /** SIGTERM to the leader, once more after a second, then the grace, then SIGKILL to all. Only the first pull counts. */
  pull(why: Why): void;
  /** SIGKILL to all, now. */
  cut(): void;
  /** To be called when the leader has gone: ends what is left of the tree, and says why it was pulled, if it was. */
  release(): Promise<{ why: Why | undefined; killed: boolean }>;
}

/**
 * Packer's leader swallows SIGINT and dies at once of most other signals without any clean-up; it hands SIGTERM on to the
 * process that cleans up. A SIGTERM in the first moments, before that process listens, merely ends it, or is lost.
 */
const LISTENS_AFTER_MS = 300;
const REPEAT_AFTER_MS = 1_000;

/** What helpers (a script, mmdebstrap) get to finish their own clean-up once Packer has gone. */
const HELPERS_MS = 1_000;

/**
 * `mark.leader` must have been started just now, as the leader of its own process group. `send` takes a signal where this process may not:
 * SIGTERM to the leader, SIGKILL to all.
 */
export function holdLeash<Why>(
  mark: TreeMark,
  { graceMs }: { graceMs: number },
  send: (signal: 'SIGTERM' | 'SIGKILL') => void = sendTo(mark),
): Leash<Why> {
  const bornAt = performance.now();
  const timers: NodeJS.Timeout[] = [];
  let over = false;
  let killed = false;
  let pulled: { why: Why } | undefined;

  const cut = (): void => {
    if (over) return;
    killed = true;
    send('SIGKILL');
    void endTree(mark, 0);
  };

  return {
    cut,
    pull(why) {
      if (over || pulled) return;
      pulled = { why };
      const firstMs = Math.max(0, bornAt + LISTENS_AFTER_MS - performance.now());
      const terminate = (): void => {
        if (!over) send('SIGTERM');
      };
      timers.push(
        setTimeout(terminate, firstMs),
        setTimeout(terminate, firstMs + REPEAT_AFTER_MS),
        setTimeout(cut, firstMs + graceMs),
      );
    },
    async release() {
      over = true;
      for (const timer of timers) clearTimeout(timer);
      await endTree(mark, killed ? 0 : HELPERS_MS);
      return { why: pulled?.why, killed };
    },
  };
}

const sendTo =
  ({ leader }: TreeMark) =>
  (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (!leader) return;
    try {
      process.kill(signal === 'SIGKILL' ? -leader.pid : leader.pid, signal);
    } catch {
      // It has just gone by itself.
    }
  };
