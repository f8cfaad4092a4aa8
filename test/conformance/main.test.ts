import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PLANTED = path.join(import.meta.dirname, 'planted.json');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'vectors-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function run(...files: string[]): { code: number | null; out: string } {
  const node = spawnSync(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'main.ts'), ...files], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { code: node.status, out: node.stdout + node.stderr };
}

function aFile(name: string, text: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
}

describe('the runner', () => {
  test('finds each planted failure, names it with what was wanted and what came, and says so with its exit code', () => {
    const { code, out } = run(PLANTED);
    expect(code).toBe(1);
    expect(out).toContain('deb                            1 passed, 2 failed, 1 deviation, 0 not yet');
    expect(out).toContain('FAILED deb / planted: the release is wrong');
    expect(out).toMatch(/expected .*"release":"11".*\n.*got .*"release":"10"/);
    expect(out).toContain('FAILED deb / planted: a crash that is none');
    expect(out).toContain('FAILED docker templateFile / planted: another template');
  });

  test('names the deviation, and counts what nobody answers as neither passed nor failed', () => {
    const { out } = run(PLANTED);
    expect(out).toContain('deviation 1 × D16');
    expect(out).toContain('not yet 1 × weather: no code answers this area');
    expect(out).toMatch(/total +1 passed, 3 failed, 1 deviation, 1 not yet/);
  });

  test('is content with a file in which nothing fails', () => {
    const [holds] = JSON.parse(readFileSync(PLANTED, 'utf8'));
    expect(run(aFile('good.json', JSON.stringify([holds]))).code).toBe(0);
  });

  test('fails on a file that is missing, is no JSON, or holds no vectors', () => {
    expect(run(path.join(directory, 'missing.json')).code).toBe(1);
    expect(run(aFile('broken.json', '[')).code).toBe(1);
    expect(run(aFile('empty.json', '[]')).code).toBe(1);
    expect(run(aFile('other.json', '[{"area": 1}]')).code).toBe(1);
  });

  test('says how it is called when it is told nothing', () => {
    expect(run()).toMatchObject({ code: 2, out: expect.stringContaining('usage') });
  });
});
