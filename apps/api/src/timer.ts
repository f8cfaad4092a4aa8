import { recentPeaks } from '@bakehouse/bake';
import { Gauge, type Registry, Summary } from 'prom-client';

/**
 * A timer as a classic bakery exports one: how many (`_count`), how long together (`_sum`), and the longest of late (`_max`). Api and worker
 * each have it, as they have each their meters.
 */
export function openTimer(
  name: string,
  { help, labelNames, registers }: { help: string; labelNames: readonly string[]; registers: Registry[] },
): (labels: Readonly<Record<string, string>>, value: number) => void {
  const peaks = recentPeaks(labelNames);
  const whole = new Summary({ name, help, labelNames, percentiles: [], registers });
  new Gauge({
    name: `${name}_max`,
    help: `${help} The greatest of this minute and the last.`,
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { labels, peak } of peaks.all(performance.now())) this.set(labels, peak);
    },
  });
  return (labels, value) => {
    whole.observe(labels, value);
    peaks.note(labels, value, performance.now());
  };
}
