import { providers } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { ClassicBody, meaningOf } from './bake-body.ts';

test.each([
  ['members nobody knows', { package: 'lantern', ref_id: '3', nested: { x: [1] } }, { package: 'lantern' }],
  ['a name that only looks like one', { package_name: 'lantern' }, {}],
  [
    'numbers and switches for text',
    { build_number: 57, commit_hash: true },
    { build_number: '57', commit_hash: 'true' },
  ],
  ['switches as text', { upgrade: 'true', enhanced_networking: '' }, { upgrade: true }],
  ['switches as numbers', { upgrade: 0, enhanced_networking: 2 }, { upgrade: false, enhanced_networking: true }],
  ['words among blanks', { cloud_provider_type: ' docker ' }, { cloud_provider_type: 'docker' }],
  ['words by their place', { cloud_provider_type: 3, vm_type: '1' }, { cloud_provider_type: 'docker', vm_type: 'hvm' }],
  [
    'numbers and switches for the text of an artifact',
    { package_artifacts: [{ name: 5, reference: true, version: 7 }, { name: null }] },
    { package_artifacts: [{ name: '5', reference: 'true', version: '7' }, { name: null }] },
  ],
  [
    'what is odd about an artifact as its metadata',
    { package_artifacts: [{ name: 'a', kind: 'deb', repo: 'r', metadata: { arch: 'all' } }, { metadata: null }] },
    { package_artifacts: [{ name: 'a', metadata: { arch: 'all', repo: 'r' } }, {}] },
  ],
  ['null for nothing', { cloud_provider_type: null, package: null, upgrade: null }, {}],
])('takes %s', (_what, body, read) => {
  const present = Object.entries(ClassicBody.parse(body)).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(present)).toEqual(read);
});

test.each(Object.keys(providers))('takes %s, as it takes every provider there is', (name) => {
  expect(ClassicBody.parse({ cloud_provider_type: name }).cloud_provider_type).toBe(name);
});

test.each([
  ['a word in another case', { cloud_provider_type: 'DOCKER' }],
  ['a word nobody knows', { cloud_provider_type: 'titus' }],
  ['an empty word', { vm_type: '' }],
  ['a place behind the last word', { vm_type: 2 }],
  ['a package type in small letters', { package_type: 'deb' }],
  ['a list for text', { package: ['lantern'] }],
  ['an object for text', { base_os: {} }],
  ['another word for a switch', { upgrade: 'yes' }],
  ['half a switch', { upgrade: 0.5 }],
  ['a list of attributes', { extended_attributes: [] }],
  ['a list for the text of an artifact', { package_artifacts: [{ type: ['deb'] }] }],
  ['text for the metadata of an artifact', { package_artifacts: [{ metadata: 'deb' }] }],
  ['a list', []],
  ['nothing', undefined],
])('refuses %s', (_what, body) => {
  expect(ClassicBody.safeParse(body).success).toBe(false);
});

test('text is read as it was sent, and means what stands between its blanks', () => {
  const body = ClassicBody.parse({ ami_name: ' pier ', user: '  ', base_os: '', job: 7, upgrade: 'true' });
  expect(body).toMatchObject({ ami_name: ' pier ', user: '  ', base_os: '', job: '7', upgrade: true });
  expect(meaningOf(body)).toMatchObject({ ami_name: 'pier', user: undefined, base_os: '', job: '7', upgrade: true });
});
