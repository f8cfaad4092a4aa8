import { ask } from '../support/ask.ts';
import { nowMs, quantiles } from './figures.ts';

/** What so many callers at once get, each asking again as soon as it is answered. */
export interface Throughput {
  callers: number;
  perSecond: number;
  p50: number;
  p99: number;
}

export async function measureThroughput(
  url: string,
  { callers, seconds }: { callers: number; seconds: number },
): Promise<Throughput> {
  const until = nowMs() + seconds * 1000;
  const took: number[] = [];
  const caller = async () => {
    while (nowMs() < until) {
      const asked = nowMs();
      await ask(url, { template: 'clock.json', variables: { play: 'quick' }, lane: 'parked' });
      took.push(nowMs() - asked);
    }
  };
  const begun = nowMs();
  await Promise.all(Array.from({ length: callers }, caller));
  const { p50, p99 } = quantiles(took);
  return { callers, perSecond: (took.length / (nowMs() - begun)) * 1000, p50, p99 };
}
