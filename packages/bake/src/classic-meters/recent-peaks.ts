/** The greatest value of this minute and the last, for each set of labels; 0 for a set that was silent for longer. */
export interface RecentPeaks {
  note: (labels: Labels, value: number, nowMs: number) => void;
  all: (nowMs: number) => readonly { labels: Labels; peak: number }[];
}

type Labels = Readonly<Record<string, string>>;

/** As a classic bakery's `_max` has it: a peak that never fell would tell nothing after the first bad day. */
export function recentPeaks(labelNames: readonly string[]): RecentPeaks {
  const sets = new Map<string, { labels: Labels; minute: number; peak: number; before: number }>();
  return {
    note: (labels, value, nowMs) => {
      const id = JSON.stringify(labelNames.map((name) => labels[name]));
      const minute = minuteOf(nowMs);
      const last = sets.get(id);
      if (last?.minute === minute) last.peak = Math.max(last.peak, value);
      else sets.set(id, { labels, minute, peak: value, before: last?.minute === minute - 1 ? last.peak : 0 });
    },
    all: (nowMs) =>
      [...sets.values()].map(({ labels, minute, peak, before }) => {
        const age = minuteOf(nowMs) - minute;
        if (age === 0) return { labels, peak: Math.max(peak, before) };
        return { labels, peak: age === 1 ? peak : 0 };
      }),
  };
}

const minuteOf = (nowMs: number): number => Math.floor(nowMs / 60_000);
