import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ApiEnvironment } from '../../apps/api/src/config.ts';
import { FLAG_OF, StackEnvironment } from '../../apps/cli/src/config.ts';
import { EXIT, EXIT_MEANINGS } from '../../apps/cli/src/exit-code.ts';
import { WorkerEnvironment } from '../../apps/worker/src/config.ts';

const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');

/** The table under a heading of the README, as its rows' first cells without backticks. */
function firstCells(heading: string): string[] {
  const [, after = ''] = readme.split(`<!-- ${heading} -->`);
  const rows = after.split('\n\n')[1]?.split('\n').slice(2) ?? [];
  return rows.map((row) => (row.split('|')[1] ?? '').trim().replaceAll('`', ''));
}

const PROGRAMS = { api: ApiEnvironment, worker: WorkerEnvironment, up: StackEnvironment };

test('the README lists every variable of the environment that a program reads, and no other', () => {
  const read = Object.values(PROGRAMS).flatMap((schema) => Object.keys(schema.shape));
  expect(firstCells('environment').sort()).toEqual([...new Set(read)].sort());
});

const rowOf = (name: string): string => readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';

test.each(Object.entries(PROGRAMS))('the README says what %s reads, and its default', (program, { shape }) => {
  for (const [name, field] of Object.entries(shape)) {
    expect(rowOf(name)).toContain(program === 'up' ? FLAG_OF[name as keyof typeof FLAG_OF] : program);
    const value = field instanceof z.ZodDefault ? field.def.defaultValue : undefined;
    if (typeof value === 'string' && !path.isAbsolute(value)) expect(rowOf(name)).toContain(value);
  }
});

test('the README lists the exit codes as the program knows them', () => {
  expect(firstCells('exit codes')).toEqual(Object.values(EXIT).map(String));
  for (const meaning of Object.values(EXIT_MEANINGS)) expect(readme).toContain(meaning);
});
