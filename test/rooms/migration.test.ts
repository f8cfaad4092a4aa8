import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CLASSIC_KEYS, type ClassicKey } from '../../packages/bake/src/settings/testing/classic-keys.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/migrate-from-rosco.md'), 'utf8');

/** The cells of the table under a mark of the page. */
function rowsUnder(mark: string): string[][] {
  const [, after = ''] = page.split(`<!-- ${mark} -->`);
  const lines = after.split('\n\n')[1]?.split('\n').slice(2) ?? [];
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const rowOf = ({ key, row = key }: ClassicKey): string => row;

test('the migration page has a row for each key of the classic configuration, and for no other', () => {
  const keys = rowsUnder('configuration').flatMap(([cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, key]) => key),
  );
  expect(keys.sort()).toEqual([...new Set(CLASSIC_KEYS.map(rowOf))].sort());
});

test.each(CLASSIC_KEYS.map((said) => [said.key, said] as const))(
  'the row of %s says what becomes of it',
  (_key, said) => {
    const [, what = '', instead = ''] =
      rowsUnder('configuration').find(([cell = '']) => cell.includes(`\`${rowOf(said)}\``)) ?? [];
    const { becomes } = said;
    expect(what.replaceAll('**', '')).toMatch(new RegExp(`^${becomes.as}\\b`));
    if (becomes.as === 'mapped') expect(what).toContain(`\`${becomes.setting.replace(/\.\d+$/, '')}\``);
    if (becomes.as === 'not needed') expect(`${what} ${instead}`.replaceAll('`', '')).toContain(becomes.because);
  },
);
