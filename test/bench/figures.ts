/** Sorted samples of one thing, in milliseconds. */
export function quantiles(samples: readonly number[]): { p50: number; p95: number; p99: number; max: number } {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export const median = (samples: readonly number[]): number => quantiles(samples).p50;

/** Now, in milliseconds since the epoch with a fraction, on the clock that `clock-packer` reads. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

export const round = (value: number, digits = 1): string => (Number.isFinite(value) ? value.toFixed(digits) : 'none');
