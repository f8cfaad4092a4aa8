import { expect, test } from 'vitest';
import { bytes, clock, duration } from './quantities.ts';

test.for([
  [3.21, '3.2 ms'],
  [340, '340 ms'],
  [4210, '4.2 s'],
  [59_960, '1 min 00 s'],
  [187_000, '3 min 07 s'],
  [3_599_600, '1 h 00 min'],
  [3_725_000, '1 h 02 min'],
  [-5, '0 ms'],
] as const)('%i ms read as %s', ([ms, text]) => expect(duration(ms)).toBe(text));

test.for([
  [7_900, '0:07'],
  [751_000, '12:31'],
  [3_751_000, '1:02:31'],
  [-1, '0:00'],
] as const)('a clock at %i ms shows %s', ([ms, text]) => expect(clock(ms)).toBe(text));

test.for([
  [0, '0 B'],
  [812, '812 B'],
  [93_400_000, '93.4 MB'],
  [4_100_000_000, '4.1 GB'],
] as const)('%i bytes read as %s', ([count, text]) => expect(bytes(count)).toBe(text));
