import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('an api that is told nothing listens on loopback only, with what the repository ships', () => {
  const config = readConfig({});
  expect(config).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8087,
    REDIS_URL: 'redis://127.0.0.1:6379',
    LOG_LEVEL: 'info',
  });
  expect(config.BAKEHOUSE_SETTINGS.map((name) => path.basename(name))).toEqual(['bakehouse.yml']);
  expect(config.BAKEHOUSE_TEMPLATES.map((name) => path.basename(name))).toEqual(['packer']);
});

test('template directories are laid over the shipped one, in the order in which they are named', () => {
  const { BAKEHOUSE_TEMPLATES: directories } = readConfig({ BAKEHOUSE_TEMPLATES: '/etc/a:/etc/b' });
  expect(directories.slice(1)).toEqual(['/etc/a', '/etc/b']);
});

test('settings files are laid over the shipped one, in the order in which they are named', () => {
  const { BAKEHOUSE_SETTINGS: files } = readConfig({ BAKEHOUSE_SETTINGS: '/etc/a.yml:/etc/b.yml' });
  expect(path.basename(files[0] ?? '')).toBe('bakehouse.yml');
  expect(files.slice(1)).toEqual(['/etc/a.yml', '/etc/b.yml']);
});

test('an empty variable is one that is not set', () => {
  expect(readConfig({ PORT: '', HOST: '' })).toMatchObject({ PORT: 8087, HOST: '127.0.0.1' });
});

test('every variable that is wrong is named at once', () => {
  const start = () => readConfig({ PORT: 'eighty', REDIS_URL: 'http://x', LOG_LEVEL: 'loud' });
  expect(start).toThrow(/PORT: [\s\S]*REDIS_URL: [\s\S]*LOG_LEVEL: /);
});
