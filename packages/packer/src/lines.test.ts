import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeSplitter } from './lines.ts';

const split = (chunks: readonly (string | Buffer)[], keep = 1000) => {
  const splitter = makeSplitter({ keep });
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)));
  return [...lines, ...splitter.end()];
};

test('lines are the same however the bytes arrive', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.nat(), (texts, seed) => {
      const whole = Buffer.from(texts.map((text) => `${text.replaceAll(/[\r\n]/g, '')}é\n`).join(''));
      const at = whole.length === 0 ? 0 : seed % whole.length;
      expect(split([whole.subarray(0, at), whole.subarray(at)])).toEqual(split([whole]));
    }),
  );
});

test('a last line without an end is a line', () => {
  expect(split(['a\r\nb'])).toEqual([
    { text: 'a', bytes: 2 },
    { text: 'b', bytes: 1 },
  ]);
});

test('of a long line the beginning is kept, and its length', () => {
  const [line, next] = split(['x'.repeat(600), 'x'.repeat(600), '\nnext\n'], 1000);
  expect(line).toEqual({ text: 'x'.repeat(1000), bytes: 1200 });
  expect(next?.text).toBe('next');
});

test('what is not UTF-8 is marked, and the rest is read', () => {
  expect(split([Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])])).toEqual([{ text: 'a\uFFFD\uFFFDb', bytes: 4 }]);
});
