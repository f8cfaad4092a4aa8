import { expect, test } from 'vitest';
import { looksSecret, setApart, wordsIn } from './confidential.ts';
import type { Value } from './variable.ts';

const LONG = 'MIIEvQIBADANBgkq';

test.each<[string, Value]>([
  ['db_password', 'x'],
  ['PASSWORD', 'x'],
  ['winrmPassword2', 'x'],
  ['root_passwd', 'x'],
  ['ssh_passphrase', 'x'],
  ['oracle_pass_phrase', 'x'],
  ['PASS-PHRASE', 'x'],
  ['client-secret', 'x'],
  ['secret.value', 'x'],
  ['npm_token_ro', 'x'],
  ['unlock_token', 123456],
  ['tokens', ['a', 'b']],
  ['token', { scope: 'all' }],
  ['api_key', LONG],
  ['API_KEY', LONG],
  ['_key', LONG],
  ['apikey', LONG],
  ['APIKey', LONG],
  ['ssh-key', LONG],
  ['ssh.key', LONG],
  ['deployKey', LONG],
  ['deploy_key', ['short', LONG]],
  ['database', { user: 'app', password: 'x' }],
  ['hosts', [{ login: { auth_token: 'x' } }]],
])('%s with %j is a secret', (name, value) => expect(looksSecret(name, value)).toBe(true));

test.each<[string, Value]>([
  ['aws_ssh_key_name', LONG],
  ['key', LONG],
  ['monkey', LONG],
  ['apikey', 'name'],
  ['keyboard_layout', LONG],
  ['partition_key', 'name'],
  ['sort_key', 'fifteen letters'],
  ['use_token', true],
  ['password', ''],
  ['password', null],
  ['tokens', []],
  ['token', { wanted: false }],
  ['packages', 'libsecret-tools'],
  ['note', 'password=x'],
])('%s with %j is none', (name, value) => expect(looksSecret(name, value)).toBe(false));

test('what the operator masks is apart whatever it holds and whoever says it, the rest only where a caller says it', () => {
  const variables = { subnet: true, region: 'x', cloud_id: 'id', db_password: 'p', our_password: 'q', toString: 's' };
  const confidence = { masked: ['subnet'], secrets: ['cloud_id'], asked: ['region', 'cloud_id', 'db_password'] };
  expect(setApart(variables, confidence)).toEqual({
    open: { region: 'x', our_password: 'q', toString: 's' },
    confided: { subnet: true, cloud_id: 'id', db_password: 'p' },
  });
});

test('the words of a value are its text and its numbers, however deep', () => {
  expect(wordsIn({ a: ['b', 7, { c: 'd' }, null, true], e: '' })).toEqual(['b', '7', 'd', '']);
});
