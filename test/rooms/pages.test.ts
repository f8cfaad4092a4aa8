import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { providers } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { STATUS_OF } from '../../apps/api/src/problem.ts';
import { shippedTemplates } from '../support/shipped-templates.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(path.join(ROOT, 'docs')).filter(isPage).map(inDocs)];
const named = PAGES.flatMap((page) =>
  [
    ...read(page).matchAll(/`((?:docs|packages|apps|deploy|settings|tools|packer)\/[\w./-]+\.(?:md|ts|yml|sh|mjs))`/g),
  ].map(([, file = '']) => ({ page, file })),
);

test.each(named)('$file, which $page names, is there', ({ file }) => {
  expect(existsSync(path.join(ROOT, file))).toBe(true);
});

test('the README leads to every page of docs/', () => {
  const linked = named.filter(({ page }) => page === 'README.md').map(({ file }) => file);
  expect(linked).toEqual(expect.arrayContaining(PAGES.filter((page) => page.startsWith('docs/'))));
});

test('the page about the api has every word that a refusal may have, with its status', () => {
  const rows = tableUnder('docs/api.md', '<!-- refusals -->');
  expect(Object.fromEntries(rows.map(([word = '', status]) => [word, Number(status)]))).toEqual(STATUS_OF);
});

test('the page about clouds has every provider with its section, and every shipped template, which is there in both editions', () => {
  const rows = tableUnder('docs/clouds.md', '# Clouds, templates and Packer');
  expect(rows.map(([name, section]) => [name, section])).toEqual(
    Object.entries(providers).map(([name, { section }]) => [name, section]),
  );
  const files = rows.flatMap((row) => (row[3] ?? '').replaceAll(/\(.*?\)/g, '').split(', ')).map((name) => name.trim());
  expect(files.flatMap((name) => [`${name}.json`, `${name}.pkr.hcl`]).sort()).toEqual(
    shippedTemplates()
      .map(({ name }) => name)
      .sort(),
  );
});

test('the page about clouds has every variable of a worker that Packer sees', () => {
  const rows = tableUnder('docs/clouds.md', '## Credentials');
  const said = rows.map(([name, words = '']) => [name, words.split(' ').filter((word) => /^[A-Z0-9_]+$/.test(word))]);
  expect(said).toEqual(Object.entries(providers).map(([name, { environment }]) => [name, [...environment]]));
});

const declared = new Map(shippedTemplates().flatMap(({ variables }) => Object.entries(variables)));

test.each(
  tableUnder('docs/clouds.md', '## Variables that only').flatMap(([names = '', , defaults = '']) =>
    names.split(', ').map((name) => ({ name, defaults })),
  ),
)('$name, which only a request says, is declared by a template, with the default of the page', ({ name, defaults }) => {
  const variable = /^(copy_to|share_with)$/.test(name) ? `${name}_1` : name;
  expect([...declared.keys()]).toContain(variable);
  const value = declared.get(variable);
  if (value && !value.startsWith('$')) expect(defaults).toContain(value);
});

/** The first table below a text: its rows' cells, without backticks. */
function tableUnder(page: string, text: string): string[][] {
  const [, below = ''] = read(page).split(text);
  const table = below.split('\n\n').find((part) => part.startsWith('|')) ?? '';
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

function isPage(file: string): boolean {
  return file.endsWith('.md');
}

function inDocs(file: string): string {
  return `docs/${file}`;
}
