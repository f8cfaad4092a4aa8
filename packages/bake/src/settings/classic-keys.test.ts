import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainSettingsProblem } from './problem.ts';
import { readSettings } from './read-settings.ts';
import { CLASSIC_KEYS, type ClassicKey } from './testing/classic-keys.ts';

const shipped = readFileSync(path.resolve(import.meta.dirname, '../../../../settings/bakehouse.yml'), 'utf8');

/** What counts, and what is warned of, when a key is said over the shipped settings with every cloud in them. */
function saying(text: string, environment: Record<string, string> = {}) {
  const files = [
    { name: 'shipped', text: shipped },
    { name: 'clouds', text: CLOUDS },
    { name: 'rosco.yml', text },
  ];
  const settings = readSettings(files, environment);
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  return settings.value;
}

const CLOUDS = ['alicloud', 'aws', 'azure', 'docker', 'google', 'huaweicloud', 'oracle', 'tencentcloud']
  .map((cloud) => `${cloud}: { enabled: true }\n`)
  .join('');

const kebab = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const nested = (key: string, value: string) =>
  `${key
    .split('.')
    .map((word, depth) => `${'  '.repeat(depth)}${word}:`)
    .join('\n')} ${value}\n`;
const variable = (key: string) => key.replaceAll('-', '').replaceAll('.', '_').toUpperCase();

/** A word of a list is said without brackets in the environment. */
const bare = (value: string) => value.replaceAll(/[[\]]/g, '');

const SPELLINGS: Record<string, (said: ClassicKey) => ReturnType<typeof saying>> = {
  camelCase: ({ key, value }) => saying(nested(key, value)),
  'dots and kebab-case': ({ key, value }) => saying(`${kebab(key)}: ${value}\n`),
  'the environment': ({ key, value }) => saying('', { [variable(key)]: bare(value) }),
};

describe.each(Object.entries(SPELLINGS))('in %s', (spelling, read) => {
  test.each(CLASSIC_KEYS.map((said) => [said.key, said] as const))('%s counts, or is told of', (key, said) => {
    const { warnings, effective } = read(said);
    const ofIt = warnings.filter(({ path: where }) => `${variable(key)}_`.startsWith(`${variable(where)}_`));
    const { becomes } = said;
    if (becomes.as === 'not needed') {
      expect(ofIt).toHaveLength(1);
      expect(ofIt[0]?.message).toMatch(/^not needed here: /);
      expect(ofIt[0]?.message).toContain(becomes.because);
      const spot = spelling === 'the environment' ? { environment: variable(key) } : { file: 'rosco.yml' };
      expect(ofIt[0]?.spot).toMatchObject(spot);
      return;
    }
    expect(warnings).toEqual([]);
    const found = effective().find(({ path: where }) => where === becomes.setting);
    expect(found).toMatchObject({ value: becomes.to });
    if (becomes.as === 'mapped') expect(found?.saidAs).toBe(key);
  });
});

test('each key that is on or off can be the other way, too', () => {
  const { sections } = saying('aws.enabled: false\n', { GOOGLE_ENABLED: 'false' });
  expect(sections).not.toHaveProperty('aws');
  expect(sections).not.toHaveProperty('gce');
  expect(sections).toHaveProperty('azure');
});

test('a section of which nothing counts is told of once where one reason holds for all of it, else key by key', () => {
  const { warnings } = saying(
    'helm: { v2ExecutablePath: a, v3ExecutablePath: b }\nredis: { connection: c, timeout: 1 }\nserver: {}\n',
  );
  expect(warnings.map(({ path: where }) => where)).toEqual(['helm', 'redis.connection', 'redis.timeout', 'server']);
});
