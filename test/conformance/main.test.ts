import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const HOLDING = path.join(import.meta.dirname, 'holding.json');
const PLANTED = path.join(import.meta.dirname, 'planted.json');

let directory = '';
let planted: ReturnType<typeof run>;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'vectors-'));
  planted = run(PLANTED);
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
    const { code, out } = planted;
    expect(code).toBe(1);
    expect(out).toContain('deb                            1 passed, 2 failed, 1 deviation, 0 not yet');
    expect(out).toContain('FAILED deb / planted: the release is wrong');
    expect(out).toMatch(/expected .*"release":"11".*\n.*got .*"release":"10"/);
    expect(out).toContain('FAILED deb / planted: a crash that is none');
    expect(out).toContain('FAILED docker templateFile / planted: another template');
    expect(out).toContain('FAILED http-error / planted: another text');
    expect(out).toContain('FAILED http-error / planted: a crash that is a plain refusal');
    expect(out).toContain('FAILED http-error / planted: a body where there is none');
    expect(out).toContain('FAILED status-endpoint / planted: an instance that bakes is idle');
    expect(out).toContain('FAILED job-outcome / planted: an exit code that is a good end');
    expect(out).toContain('FAILED job-outcome / planted: another log');
    expect(out).toContain('FAILED create-decision / planted: a running bake is cancelled by a word');
    expect(out).toContain('FAILED orca-reaction / planted: 400 goes on');
  });

  test('names the deviation, and counts what nobody answers as neither passed nor failed', () => {
    const { out } = planted;
    expect(out).toContain('deviation 1 × D16');
    expect(out).toContain('not yet 1 × weather: no code answers this area');
    expect(out).toMatch(/total +1 passed, 11 failed, 1 deviation, 1 not yet/);
  });

  test('is content with a file in which nothing fails', () => {
    const [holds] = JSON.parse(readFileSync(PLANTED, 'utf8'));
    expect(run(aFile('good.json', JSON.stringify([holds]))).code).toBe(0);
  });

  test('finds that a whole bakery answers as the classic one, or differs as the list says', () => {
    const { code, out } = run(HOLDING);
    expect(code, out).toBe(0);
    expect(out).toMatch(/total +52 passed, 0 failed, 10 deviation, 0 not yet/);
    for (const row of ['1 × D7', '1 × D12', '2 × D16', '2 × D19', '1 × D23', '1 × D10', '1 × D3', '1 × D13'])
      expect(out).toContain(`deviation ${row}`);
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
