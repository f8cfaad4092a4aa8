import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { providers } from '@bakehouse/bake';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const listed = Object.keys(providers);

test('every provider has a folder and a line in the list, and nothing else has either', () => {
  const folders = readdirSync(path.join(ROOT, 'packages/bake/src/providers'), { withFileTypes: true });
  expect(
    folders
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...listed].sort());
});

test.each(listed)('%s has a shipped template and a section in the shipped settings', (name) => {
  const templates = readdirSync(path.join(ROOT, 'packer'));
  expect(templates.filter((file) => file.startsWith(name))).not.toEqual([]);
  const settings = readFileSync(path.join(ROOT, 'settings/bakehouse.yml'), 'utf8');
  expect(settings).toMatch(new RegExp(`^${providers[name]?.section}:`, 'm'));
});
