import { describe, expect, test } from 'vitest';
import type { BakeEnding } from '../ending.ts';
import type { FailureClass } from '../failure.ts';
import { completionOf } from './completion.ts';
import { fewRegions, fewWords } from './few-words.ts';
import { recentPeaks } from './recent-peaks.ts';

describe('an end in the words of a classic bakery’s dashboards', () => {
  const seen = { id: 'b', provider: 'aws', region: 'eu-west-1', seconds: 3 };
  const failed = (of: FailureClass): BakeEnding => ({ ...seen, state: 'failed', class: of });

  test('has a region and, unless it is good, a cause', () => {
    expect(completionOf({ ...seen, state: 'baked' }, fewRegions())).toEqual({ success: 'true', region: 'eu-west-1' });
    expect(completionOf(failed('package'), fewRegions())).toEqual({
      success: 'false',
      cause: 'jobFailed',
      region: 'eu-west-1',
    });
  });

  test('tells a limit from a build that failed, and both from a bake that lost its workers', () => {
    expect(completionOf(failed('timeout'), fewRegions())).toMatchObject({ cause: 'failedToUpdateJob' });
    expect(completionOf(failed('worker-lost'), fewRegions())).toMatchObject({ cause: 'orphanTimedOut' });
  });

  test('has no region when it is a cancel', () => {
    expect(completionOf({ ...seen, state: 'cancelled' }, fewRegions())).toEqual({
      success: 'false',
      cause: 'explicitlyCanceled',
    });
  });
});

describe('words of callers as labels', () => {
  test('are said when they are known, and are other when they are not or there are too many', () => {
    const words = fewWords(2);
    expect(words.say('eu-west-1')).toBe('other');
    expect([words.learn('eu-west-1'), words.learn('global'), words.learn('mars-1')]).toEqual([
      'eu-west-1',
      'global',
      'other',
    ]);
    expect([words.say('global'), words.learn('global'), words.say('mars-1')]).toEqual(['global', 'global', 'other']);
  });

  test.each(['', 'a b', 'x'.repeat(65), 'läuft', '"} 1\nother_metric 2'])('are no words such as %j', (word) => {
    expect(fewWords(9).learn(word)).toBe('other');
  });
});

describe('a recent peak', () => {
  const MINUTE = 60_000;
  const [fast, slow] = [{ method: 'fast' }, { method: 'slow' }];

  test('is that of each set of labels, whatever order they are written in', () => {
    const peaks = recentPeaks(['a', 'b', 'method']);
    peaks.note({ a: '1', b: '2' }, 3, 0);
    peaks.note({ b: '2', a: '1' }, 7, 1);
    peaks.note(slow, 5, 2);
    expect(peaks.all(3)).toEqual([
      { labels: { a: '1', b: '2' }, peak: 7 },
      { labels: slow, peak: 5 },
    ]);
  });

  test('holds through the next minute and is over after it', () => {
    const peaks = recentPeaks(['method']);
    peaks.note(fast, 9, 10);
    peaks.note(fast, 2, MINUTE + 10);
    const at = (ms: number) => peaks.all(ms)[0]?.peak;
    expect([at(MINUTE + 20), at(2 * MINUTE + 1), at(3 * MINUTE)]).toEqual([9, 2, 0]);
  });

  test('does not come back after a silence', () => {
    const peaks = recentPeaks(['method']);
    peaks.note(fast, 9, 0);
    peaks.note(fast, 1, 3 * MINUTE);
    expect(peaks.all(3 * MINUTE)[0]?.peak).toBe(1);
  });
});
