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
  const settings = readFileSync(path.join(ROOT, 'settings/bakehouse.yml'), 'utf8');
  const [, section = ''] = settings.split(new RegExp(`^${providers[name]?.section}:$`, 'm'));
  const [own = ''] = section.split(/^\S/m);
  // Whatever it is called: oracle's is oci.json.
  const named = [...own.matchAll(/^ +templateFile: (?:\$\{\w+:)?([\w.-]+)\}?$/gm)].map(([, file]) => file);
  expect(named).not.toEqual([]);
  expect(readdirSync(path.join(ROOT, 'packer'))).toEqual(expect.arrayContaining(named));
});
