import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leaveOpen, printOf, readSealingKey, type SealingKey, seal, unseal } from './seal.ts';

const A = '5e0f'.repeat(16);
const NONCE = Buffer.from('000102030405060708090a0b', 'hex');
const VALUES = { db_password: 'grape vine ü', pins: [1, { token: 'x' }] };

function aKey(text = A): SealingKey {
  const key = readSealingKey(text);
  if (!key.ok) throw new Error(key.no);
  return key.value;
}
const key = aKey();
const other = aKey(A.replace('5', '6'));
const sealed = seal(VALUES, { key, nonce: NONCE, place: 'bake-1' });

test.each([
  ['hex', A],
  ['hex in capitals, with a line end', `${A.toUpperCase()}\n`],
  ['base64', Buffer.from(A, 'hex').toString('base64')],
  ['base64 for URLs, without its padding', Buffer.from(A, 'hex').toString('base64url')],
])('a key is read from %s', (_, text) => {
  expect(unseal(sealed, { key: aKey(text), place: 'bake-1' })).toEqual({ ok: true, value: VALUES });
});

test.each([
  ['nothing', ''],
  ['a password', 'correct horse battery staple'],
  ['16 bytes', '5e0f'.repeat(8)],
  ['33 bytes', Buffer.alloc(33, 7).toString('base64')],
  ['a digit that is none', `${A.slice(1)}g`],
])('%s is no key, and is told so without being shown', (_, text) => {
  const read = readSealingKey(text);
  expect(read).toMatchObject({ ok: false, no: expect.stringContaining('openssl rand -hex 32') });
  if (text !== '') expect(JSON.stringify(read)).not.toContain(text);
});

test('a key shows nothing of itself', () => {
  const shown = `${JSON.stringify(key)}${inspect(key, { depth: 9, showHidden: true })}`;
  expect(shown).not.toContain('5e0f');
  expect(shown).not.toContain(Buffer.from(A, 'hex').toString('base64').slice(0, 8));
});

test('what is sealed opens with the same key at the same place, as it was', () => {
  fc.assert(
    fc.property(
      // What JSON calls __proto__ is no member of anything here: a request loses it at the door.
      fc.dictionary(fc.string(), fc.jsonValue()).filter((values) => !JSON.stringify(values).includes('__proto__')),
      fc.string(),
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      (values, place, nonce) => {
        const plain = JSON.parse(JSON.stringify(values));
        expect(unseal(seal(plain, { key, nonce, place }), { key, place })).toEqual({ ok: true, value: plain });
      },
    ),
  );
});

test('what is sealed shows neither names nor values, and another nonce makes it another text', () => {
  for (const word of ['grape', 'password', 'token']) {
    expect(sealed).not.toContain(word);
    expect(sealed).not.toContain(Buffer.from(word).toString('base64url').slice(0, 6));
  }
  const again = seal(VALUES, { key, nonce: Buffer.alloc(12, 9), place: 'bake-1' });
  expect(again.split('.')[3]).not.toBe(sealed.split('.')[3]);
});

test('without the key, with another, or moved to another bake it does not open, and the reason is told apart', () => {
  expect(unseal(sealed, { key: undefined, place: 'bake-1' })).toEqual({ ok: false, no: 'no-key' });
  expect(unseal(sealed, { key: other, place: 'bake-1' })).toEqual({ ok: false, no: 'another-key' });
  expect(unseal(sealed, { key, place: 'bake-2' })).toEqual({ ok: false, no: 'damaged' });
  const [version, , ...rest] = sealed.split('.');
  expect(unseal([version, other.id, ...rest].join('.'), { key: other, place: 'bake-1' }).ok).toBe(false);
});

test('a change of any letter of it is found out', () => {
  for (let at = 0; at < sealed.length; at++) {
    const letter = sealed[at] === 'A' ? 'B' : 'A';
    const touched = sealed.slice(0, at) + letter + sealed.slice(at + 1);
    expect(unseal(touched, { key, place: 'bake-1' }).ok, touched).toBe(false);
  }
  for (let length = 0; length < sealed.length; length++)
    expect(unseal(sealed.slice(0, length), { key, place: 'bake-1' }).ok).toBe(false);
});

test('no text makes it throw', () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.base64String(), { maxLength: 5 }).map((parts) => `sealed1.${parts.join('.')}`),
  );
  fc.assert(fc.property(text, (odd) => void unseal(odd, { key, place: '' })));
  expect(unseal('open.[1]', { key, place: '' })).toEqual({ ok: false, no: 'damaged' });
  expect(unseal('open.{', { key, place: '' })).toEqual({ ok: false, no: 'damaged' });
});

test('a nonce that is none is a bug', () => {
  expect(() => seal(VALUES, { key, nonce: Buffer.alloc(11), place: '' })).toThrow(/12 bytes, not 11/);
});

test('values that were left open are read with any key and with none', () => {
  for (const any of [key, undefined]) {
    expect(unseal(leaveOpen(VALUES), { key: any, place: 'x' })).toEqual({ ok: true, value: VALUES });
  }
});

test('a print is the same for equal values, and another for another value, variable or key', () => {
  const print = (value: string, place = 'a_token', by: SealingKey | undefined = key) => printOf(by, { place, value });
  expect(print('grape')).toBe(printOf(aKey(), { place: 'a_token', value: 'grape' }));
  expect(printOf(key, { place: 'a', value: { x: 1, y: 2 } })).toBe(printOf(key, { place: 'a', value: { y: 2, x: 1 } }));
  const others = [print('grapf'), print('grape', 'b_token'), print('grape', 'a_token', other)];
  others.push(printOf(undefined, { place: 'a_token', value: 'grape' }));
  expect(new Set([print('grape'), ...others]).size).toBe(5);
});
