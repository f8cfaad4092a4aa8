import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastWords, type Part, startPart } from './part.ts';

const variables = { PATH: process.env['PATH'] ?? '' };
let logs = '';
beforeEach(async () => {
  logs = await mkdtemp(path.join(tmpdir(), 'bh-part-'));
});
afterEach(() => rm(logs, { recursive: true }));

async function shell(script: string, input = ''): Promise<Part> {
  const part = await startPart({ name: 'part', argv: ['sh', '-c', script], variables, logs, input });
  if (!part.ok) throw new Error('it did not start');
  return part.value;
}

/** One that is dead and not yet reaped is gone. */
const isThere = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (stat) => !/\) [ZX] /.test(stat),
    () => false,
  );

test('a part’s last words and how it ended can be told after its death', async () => {
  const part = await shell('read secret; echo "got $secret"; echo \'"esc\u001b[31maped"\' >&2; exit 7', 'a secret\n');
  expect(await part.ended).toBe('exit code 7');
  expect(part.running()).toBe(false);
  expect(await lastWords(part)).toEqual(['got a secret', '"escaped"']);
});

test('what a part has started ends with it', async () => {
  const part = await shell('sleep 300 & echo $!');
  await part.ended;
  const grandchild = Number(await readFile(part.log, 'utf8'));
  await expect.poll(() => isThere(grandchild), { timeout: 10_000 }).toBe(false);
});

test('a part that does not listen is killed with its group', async () => {
  const part = await shell('trap "" TERM; sleep 300 & echo $!; while :; do wait; done');
  await expect.poll(() => readFile(part.log, 'utf8')).not.toBe('');
  part.signal('SIGTERM');
  expect(part.running()).toBe(true);
  part.kill();
  expect(await part.ended).toBe('SIGKILL');
  const grandchild = Number(await readFile(part.log, 'utf8'));
  await expect.poll(() => isThere(grandchild), { timeout: 10_000 }).toBe(false);
});

test('a program that is not there is a no, with its name', async () => {
  const part = await startPart({ name: 'api', argv: ['/nowhere/at-all'], variables: {}, logs });
  expect(part).toMatchObject({
    ok: false,
    no: { kind: 'broken-stack', part: 'api', why: expect.stringContaining('/nowhere') },
  });
});
