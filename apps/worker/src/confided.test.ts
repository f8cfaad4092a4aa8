import { leaveOpen, no, readSealingKey, type SealingKey, seal } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { openConfided } from './confided.ts';

const VALUES = { db_password: 'grapes', pins: [1] };

function aKey(digit: string): SealingKey {
  const key = readSealingKey(digit.repeat(64));
  if (!key.ok) throw new Error(key.no);
  return key.value;
}
const key = aKey('3');
const sealedFor = (place: string) => seal(VALUES, { key, nonce: Buffer.alloc(12, 1), place });

/** Only what is looked at. */
const aHand = (confided: string | undefined, confidential: string[] | undefined = Object.keys(VALUES)) =>
  ({ id: 'bake-1', recipe: { confidential }, confided }) as unknown as Parameters<typeof openConfided>[0];

test('what was sealed for a bake is opened for it, and what was left open without a key too', () => {
  expect(openConfided(aHand(sealedFor('bake-1')), key)).toEqual({ ok: true, value: VALUES });
  expect(openConfided(aHand(leaveOpen(VALUES)), undefined)).toEqual({ ok: true, value: VALUES });
});

test('a bake that confides nothing needs no key', () => {
  expect(openConfided(aHand(undefined, []), undefined)).toEqual({ ok: true, value: {} });
});

test.each<[string, string | undefined, { by: SealingKey | undefined; message: RegExp }]>([
  ['without the key', sealedFor('bake-1'), { by: undefined, message: /has no sealing key/ }],
  ['with another key', sealedFor('bake-1'), { by: aKey('4'), message: /sealed with another key/ }],
  ['for another bake', sealedFor('bake-2'), { by: key, message: /damaged, or was sealed for another bake/ }],
  ['of which nothing came', undefined, { by: key, message: /damaged/ }],
  ['of which a part came', leaveOpen({ pins: [1] }), { by: key, message: /damaged/ }],
])('secrets %s are a failure that names the variables and what to do', (_, confided, { by, message }) => {
  const opened = openConfided(aHand(confided), by);
  expect(opened).toEqual(no(expect.objectContaining({ class: 'auth', message: expect.stringMatching(message) })));
  expect(opened).toMatchObject({ no: { message: expect.stringContaining('(db_password, pins)') } });
  expect(JSON.stringify(opened)).not.toContain('grapes');
});
