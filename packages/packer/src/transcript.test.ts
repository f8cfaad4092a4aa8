import { expect, test } from 'vitest';
import { COMMA, parseLine } from './event.ts';
import { MASK, makeRedactor } from './redact.ts';
import { LONGEST_LINE, transcribe } from './transcript.ts';

const told = (text: string, { secrets = [] as string[], bytes = Buffer.byteLength(text) } = {}) => {
  const redactor = makeRedactor(secrets);
  const kept = text.slice(0, LONGEST_LINE + redactor.reach);
  return transcribe(parseLine(kept), { text: kept, bytes }, redactor);
};

test('people read what is said to them, line by line, and no records', () => {
  expect(told('1700000000,,ui,say,\\n==> Wait%!(PACKER_COMMA) completed\\n  then')).toEqual([
    '==> Wait, completed',
    '  then',
  ]);
  expect(told('1700000000,a,artifact,0,id,x')).toEqual([]);
  expect(told('panic: oh')).toEqual(['panic: oh']);
});

test('a line that is too long is cut, and says how much is missing', () => {
  const [line] = told(`1700000000,,ui,say,${'x'.repeat(LONGEST_LINE)}`);
  expect(line).toMatch(/x… \[19 more bytes cut\]$/);
  expect(told('short', { bytes: 5 })).toEqual(['short']);
});

test.each([1, 5, 9, 17, 33])('a secret that lies across the cut does not leak, %i characters before it', (before) => {
  const secret = 'hush,hush,hush,hush';
  const filler = 'x'.repeat(LONGEST_LINE - before - '1700000000,,ui,say,'.length);
  const raw = `1700000000,,ui,say,${filler}${secret.replaceAll(',', COMMA)}${'y'.repeat(500)}`;
  const [line = ''] = told(raw, { secrets: [secret] });
  expect(line).toContain(`x${MASK}… [`);
  expect(line).not.toContain('hu');
});
