import { expect, test } from 'vitest';
import { mergeMetrics } from './metrics.ts';

test('the metrics of several lanes are described once, with the samples of all lanes below', () => {
  const text = (lane: string) =>
    `# HELP jobs How many\n# TYPE jobs gauge\njobs{queue="${lane}"} 1\n# HELP done Ended\n# TYPE done counter\ndone{queue="${lane}"} 2`;
  expect(mergeMetrics([text('a'), text('b')])).toBe(
    [
      ...['# HELP jobs How many', '# TYPE jobs gauge', 'jobs{queue="a"} 1', 'jobs{queue="b"} 1'],
      ...['# HELP done Ended', '# TYPE done counter', 'done{queue="a"} 2', 'done{queue="b"} 2', ''],
    ].join('\n'),
  );
  expect(mergeMetrics([])).toBe('');
});
