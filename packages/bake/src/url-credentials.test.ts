import { expect, test } from 'vitest';
import { credentialsIn, hideCredentials, withoutCredentials } from './url-credentials.ts';

test.each([
  ['https://me:hunter22@apt.example/pool stable main', 'https://me:******@apt.example/pool stable main'],
  ['https://me:hun@ter22@apt.example/', 'https://me:******@apt.example/'],
  ['https://:hunter22@apt.example', 'https://:******@apt.example'],
  ['https://gh0stT0ken@apt.example/x', 'https://******@apt.example/x'],
  [
    '[trusted=yes] http://a:b@x.example y;HTTPS://tok@z.example',
    '[trusted=yes] http://a:******@x.example y;HTTPS://******@z.example',
  ],
  ['ftp://me:b@x.example', 'ftp://me:******@x.example'],
])('%s is shown without what is secret in it', (text, shown) => expect(withoutCredentials(text)).toBe(shown));

test.each([
  'https://apt.example:8443/pool/a@b',
  'https://apt.example/?mail=a@b.example',
  'https://apt.example?mail=a@b.example',
  'ssh://git@code.example/x',
  'me:hunter22@apt.example',
  'a note: b@c',
])('%s is shown as it is', (text) => expect(withoutCredentials(text)).toBe(text));

test('what is shown keeps its shape, whatever is in it', () => {
  const shown = { a: ['https://u:pppp@x.example', 7, null, { b: true }], c: undefined, d: 'text' };
  expect(hideCredentials(shown)).toEqual({ ...shown, a: ['https://u:******@x.example', 7, null, { b: true }] });
});

test('the credentials of a value are known as they are written and as they are meant, and a name is none', () => {
  const value = {
    repository: 'https://u:p%40ss@x.example;https://gh0stT0ken@y.example',
    other: ['https://deploy@z.example'],
  };
  expect(new Set(credentialsIn(value))).toEqual(new Set(['p%40ss', 'p@ss', 'gh0stT0ken']));
  expect(credentialsIn('https://u:100%@x.example')).toContain('100%');
});
