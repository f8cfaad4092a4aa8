import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { providers, readSettings } from '@bakehouse/bake';
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

/** What `base_os` may be in the pipelines of a classic bakery that ships its own settings. */
const CLASSIC_IDS: Readonly<Record<string, readonly string[]>> = {
  alicloud: ['ubuntu-1604', 'ubuntu-1804'],
  aws: ['ubuntu', 'trusty', 'windows-2012-r2'],
  azure: ['ubuntu-1604', 'ubuntu-1804', 'ubuntu-1404', 'centos', 'windows-2012-r2'],
  docker: ['precise', 'trusty'],
  gce: ['xenial', 'bionic'],
  huaweicloud: ['ubuntu-1604'],
  tencentcloud: ['ubuntu-1604', 'debian-90', 'centos-76'],
};

test.each(Object.entries(CLASSIC_IDS))('%s still has the base images of a classic bakery: %j', (name, ids) => {
  const text = readFileSync(path.join(ROOT, 'settings/bakehouse.yml'), 'utf8');
  const section = providers[name]?.section ?? '';
  const settings = readSettings([{ name: 'bakehouse.yml', text }], { [`${section.toUpperCase()}_ENABLED`]: 'true' });
  expect(settings).toMatchObject({ ok: true });
  const images = settings.ok ? JSON.stringify(settings.value.sections[name]) : '';
  for (const id of ids) expect(images).toContain(`"id":"${id}"`);
});
