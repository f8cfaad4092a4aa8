import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MASK, makeRedactor, redactorFor } from './redact.ts';
import { aRecipe } from './testing/a-recipe.ts';

const SECRET = `p%4s "w'o\\rd",<&>+/ü`;

const coded = (
  text: string,
  signs: RegExp,
  write = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`,
): string => text.replaceAll(signs, (sign) => write(sign.charCodeAt(sign.length - 1)));

const b64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['as it is', SECRET],
  ['in JSON', JSON.stringify({ password: SECRET })],
  [
    'in JSON as Go writes it',
    JSON.stringify(SECRET).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026'),
  ],
  ['in a URI', `https://x/?p=${encodeURIComponent(SECRET)}`],
  ['in a form', `p=${encodeURIComponent(SECRET).replaceAll('%20', '+')}`],
  ['in a URI with small letters', encodeURIComponent(SECRET).replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
  ['quoted for a shell', `'${SECRET.replaceAll("'", `'\\''`)}'`],
  ['in base64', b64(SECRET)],
  ['in base64 after one byte', b64(`x${SECRET}yz`)],
  ['in base64 after two bytes', b64(`user:${SECRET}`)],
  ['in JSON as Python writes it', coded(JSON.stringify(SECRET), /[\u0080-\uffff]/g)],
  ['in JSON as PHP writes it', coded(JSON.stringify(SECRET), /[\u0080-\uffff]/g).replaceAll('/', '\\/')],
  [
    'in JSON with codes in capitals',
    coded(JSON.stringify(SECRET), /[<>&'\u0080-\uffff]/g).replaceAll(/(?<=u00)../g, (hex) => hex.toUpperCase()),
  ],
  ['in JSON with a code for every sign', coded(JSON.stringify(SECRET), /[<>&'+`\u007f-\uffff]|\\"/g)],
  ['in XML', SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
  [
    'in HTML',
    coded(SECRET, /[<>&"']/g, (code) => `&#${code};`)
      .replaceAll('&#38;', '&amp;')
      .replaceAll('&#60;', '&lt;')
      .replaceAll('&#62;', '&gt;'),
  ],
  ['in hex', Buffer.from(`x${SECRET}y`).toString('hex')],
  ['in hex with capitals', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
])('a secret is masked %s', (_, text) => {
  const shown = makeRedactor([SECRET]).redact(`before ${text} after`);
  expect(shown).toContain(MASK);
  expect(shown).toMatch(/^before .*after$/);
  // Not even half of it.
  for (const half of [SECRET.slice(0, 9), SECRET.slice(-9), b64(SECRET).slice(4, 16)])
    expect(shown).not.toContain(half);
});

test('each line of a secret is one', () => {
  const { redact } = makeRedactor(['-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n']);
  expect(redact('key: kqhkiG9w0BAQEF')).toBe(`key: ${MASK}`);
  expect(redact('-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----')).toBe(MASK);
});

test('the longer of two secrets is masked as a whole, and overlapping ones leave no rest', () => {
  expect(makeRedactor(['hunter', 'hunter22']).redact('hunter22')).toBe(MASK);
  expect(makeRedactor(['abcdef', 'defghi']).redact('xabcdefghiy')).toBe(`x${MASK}y`);
});

test('what is too short to be a secret is not masked', () => {
  expect(makeRedactor(['', 'a', '123']).redact('a 123')).toBe('a 123');
  expect(makeRedactor(['1234']).redact('a 1234')).toBe(`a ${MASK}`);
});

test('a text that is cut within a secret shows no part of it', () => {
  expect(makeRedactor(['hunter22']).redact('pass hunter22 word', 8)).toBe(`pass ${MASK}`);
  expect(makeRedactor(['hunter22']).redact('pass hunter22 word', 13)).toBe(`pass ${MASK}`);
  expect(makeRedactor(['hunter22']).redact('pass word', 4)).toBe('pass');
});

test('what a pattern knows is masked though nobody told it, beside and across what was told', () => {
  const { redact } = makeRedactor(['hunter22'], [/(?<=sig=)\S+/g]);
  expect(redact('https://x/?sig=abc and hunter22')).toBe(`https://x/?sig=${MASK} and ${MASK}`);
  expect(redact('sig=abchunter22def')).toBe(`sig=${MASK}`);
  expect(redact('https://x/?sig=abcdef', 17)).toBe(`https://x/?sig=${MASK}`);
  expect(makeRedactor([], [/(?<=sig=)\S+/g]).redact('sig=abc')).toBe(`sig=${MASK}`);
});

test('whatever surrounds it, a secret never comes through', () => {
  const secret = fc.string({ minLength: 4, maxLength: 40 }).filter((text) => text.trim().length >= 4);
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      expect(makeRedactor([value]).redact(before + value + after)).not.toContain(value);
    }),
  );
});

test('signs that end a line for some programs, and half a character, do not let a secret through', () => {
  const { redact } = makeRedactor(['ab\u2028cdef', 'x\ud800yz12']);
  expect(redact(`v=${coded(JSON.stringify('ab\u2028cdef'), /\u2028/g)}`)).toBe(`v="${MASK}"`);
  expect(redact('v=x\ufffdyz12')).toBe(`v=${MASK}`);
});

test('thousands of secrets are looked for as fast as one', () => {
  const secrets = Array.from({ length: 2_000 }, (_, index) => `secret-${index * 7919}-of-many`);
  const { redact } = makeRedactor(secrets);
  const line = 'the quick brown fox jumps over the lazy dog, '.repeat(20_000);
  const begun = performance.now();
  expect(redact(`${line}${secrets[1999]}`)).toBe(`${line}${MASK}`);
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test('the credentials of addresses in a recipe’s variables are secrets of its log', () => {
  const repository = 'https://keeper:hun%21ter@apt.example/pool stable main';
  const { redact } = redactorFor(aRecipe({ variables: { repository } }), { secrets: [], environment: {} });
  expect(redact(`E: ${repository} says no to keeper with hun!ter`)).toBe(
    `E: https://keeper:${MASK}@apt.example/pool stable main says no to keeper with ${MASK}`,
  );
});
