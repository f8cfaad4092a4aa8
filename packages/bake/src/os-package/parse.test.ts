import { describe, expect, test } from 'vitest';
import { parsePackage } from './parse.ts';

const read = (type: 'deb' | 'rpm' | 'nupkg', text: string) => {
  const parsed = parsePackage(type, text);
  return parsed.ok ? parsed.value : `refused: ${parsed.no}`;
};

describe('deb', () => {
  test.each([
    ['curl', { name: 'curl', version: null, release: null, arch: null }],
    ['curl_7.88-10_amd64', { name: 'curl', version: '7.88', release: '10', arch: 'amd64' }],
    ['vim_2:9.0-7-ubuntu1_all_x', { name: 'vim', version: '2:9.0', release: '7', arch: 'all' }],
    ['curl_', { name: 'curl_', version: null, release: null, arch: null }],
    ['curl__amd64', { name: 'curl', version: '', release: null, arch: 'amd64' }],
  ])('%s is read into its parts', (text, expected) => expect(read('deb', text)).toEqual(expected));

  test('a version of hyphens alone is refused with the way to write it', () => {
    expect(read('deb', 'curl_--')).toMatch(/refused: .*name_version-release_arch/);
  });
});

describe('rpm', () => {
  test.each([
    ['curl-7.76-26.x86_64', { name: 'curl', version: '7.76', release: '26', arch: 'x86_64' }],
    ['java-17-openjdk-17.0-3.noarch', { name: 'java-17-openjdk', version: '17.0', release: '3', arch: 'noarch' }],
    ['curl.x86_64', { name: 'curl.x86_64', version: null, release: null, arch: 'x86_64' }],
    ['quasar-gateway-api', { name: 'quasar', version: 'gateway', release: 'api', arch: null }],
  ])('%s is read into its parts', (text, expected) => expect(read('rpm', text)).toEqual(expected));
});

describe('nupkg', () => {
  test.each([
    ['Git', { name: 'Git', version: null, release: null, arch: null }],
    ['Git.Core.2.40.1.nupkg', { name: 'Git.Core', version: '2.40.1', release: null, arch: null }],
    ['Git.4-beta.2', { name: 'Git.4-beta', version: '2', release: null, arch: null }],
    ['Git.2.40.0+c0ffee', { name: 'Git', version: '2.40.0', release: '+c0ffee', arch: null }],
    ['Git.2147483648', { name: 'Git.2147483648', version: null, release: null, arch: null }],
  ])('%s is read into its parts', (text, expected) => expect(read('nupkg', text)).toEqual(expected));

  test('a plus with nothing behind it is refused', () =>
    expect(read('nupkg', 'Git.Core.Web+')).toMatch(/refused: .*\+/));
});
