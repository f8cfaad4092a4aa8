import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('the lock file names the packages of every platform, without which npm ci refuses it on a fresh clone', () => {
  const tool = path.resolve(import.meta.dirname, '../../tools/complete-lock.mjs');
  const { status, stdout } = spawnSync(process.execPath, [tool, '--check'], { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
});
