import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const rows = readFileSync(path.join(ROOT, 'DICTIONARY.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, word, file] = /^\| \*\*(.+?)\*\* \|.+\| `(.+?)` \|$/.exec(line) ?? [];
    return word && file ? [{ word, file }] : [];
  });

test('the dictionary has its words in order, each once', () => {
  const words = rows.map(({ word }) => word);
  expect(words.length).toBeGreaterThan(30);
  expect(words).toEqual([...new Set(words)].sort((a, b) => a.localeCompare(b, 'en')));
});

test.each(rows)('$word is defined where the dictionary says', ({ word, file }) => {
  const full = path.join(ROOT, file);
  expect(existsSync(full), `${file} does not exist`).toBe(true);
  const stem = word.split(' ')[0]?.toLowerCase() ?? '';
  expect(`${file}\n${readFileSync(full, 'utf8')}`.toLowerCase()).toContain(stem);
});
