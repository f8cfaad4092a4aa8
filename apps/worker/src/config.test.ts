import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('an empty environment is a worker on loopback that serves the default lane', () => {
  const config = readConfig({});
  expect(config).toMatchObject({ HOST: '127.0.0.1', REDIS_URL: 'redis://127.0.0.1:6379', PACKER_BIN: 'packer' });
  expect(config.BAKEHOUSE_LANES).toEqual(['default']);
  expect(config.BAKEHOUSE_SETTINGS).toEqual([path.resolve('settings/bakehouse.yml')]);
});

test('lists are split, seconds become milliseconds, directories absolute', () => {
  const config = readConfig({
    BAKEHOUSE_LANES: 'fast, slow',
    BAKEHOUSE_SETTINGS: '/a.yml:/b.yml',
    BAKEHOUSE_DRAIN_SECONDS: '90',
    BAKEHOUSE_IMAGES: 'images',
  });
  expect(config.BAKEHOUSE_LANES).toEqual(['fast', 'slow']);
  expect(config.BAKEHOUSE_SETTINGS).toEqual([path.resolve('settings/bakehouse.yml'), '/a.yml', '/b.yml']);
  expect(config.BAKEHOUSE_DRAIN_SECONDS).toBe(90_000);
  expect(config.BAKEHOUSE_IMAGES).toBe(`${process.cwd()}/images`);
});

test('a variable that is set to nothing counts as not set', () => {
  expect(readConfig({ BAKEHOUSE_SLOTS: '' }).BAKEHOUSE_SLOTS).toBeGreaterThan(0);
});

test('all that is wrong is told at once, by name', () => {
  const wrong = { BAKEHOUSE_SLOTS: 'many', REDIS_URL: 'http://somewhere', LOG_LEVEL: 'loud' };
  expect(() => readConfig(wrong)).toThrow(/REDIS_URL.*BAKEHOUSE_SLOTS.*LOG_LEVEL/s);
});
