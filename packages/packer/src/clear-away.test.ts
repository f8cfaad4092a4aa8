import { execFileSync } from 'node:child_process';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { clearAway } from './clear-away.ts';
import { openKitchen } from './testing/kitchen.ts';

const mayMount = process.getuid?.() === 0 && succeeds('unshare', ['--mount', 'true']);

if (!mayMount) console.log('skipped: clearing away below mounts needs root and the right to mount');

test.skipIf(!mayMount)('what is mounted below a directory is let go, not emptied', async () => {
  await using kitchen = await openKitchen();
  const precious = path.join(kitchen.dir, 'dev');
  const chroot = path.join(kitchen.dir, 's/s-lost00/work/root fs');
  await mkdir(precious);
  await mkdir(path.join(chroot, 'dev'), { recursive: true });
  await writeFile(path.join(precious, 'null'), 'needed');
  execFileSync('mount', ['--bind', precious, path.join(chroot, 'dev')]);

  await clearAway(path.join(kitchen.dir, 's/s-lost00'));
  expect(await readdir(precious)).toEqual(['null']);
  await expect(access(path.join(kitchen.dir, 's/s-lost00'))).rejects.toThrow();
});

test('what is not there is away already', async () => {
  await using kitchen = await openKitchen();
  await expect(clearAway(path.join(kitchen.dir, 'nothing'))).resolves.toBeUndefined();
});

function succeeds(program: string, argv: readonly string[]): boolean {
  try {
    execFileSync(program, argv, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
