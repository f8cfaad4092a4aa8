import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from './lock.ts';

let directory = '';
let file = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'bh-lock-'));
  file = path.join(directory, 'up.lock');
});
afterEach(() => rm(directory, { recursive: true }));

test('a lock is refused while its holder lives, with its pid and where it is, and free once it is released', async () => {
  const first = await takeLock(file);
  if (!first.ok) throw new Error('the first was refused');
  await first.value.note({ url: 'http://127.0.0.1:1234', redisUrl: 'redis://:secret@127.0.0.1:1' });

  const second = await takeLock(file);
  expect(second).toMatchObject({
    ok: false,
    no: { kind: 'in-the-way', what: expect.stringContaining(`${process.pid}`) },
  });
  expect(second).toMatchObject({ no: { what: expect.stringContaining('http://127.0.0.1:1234') } });
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  await first.value.release();
  expect(await readdir(directory)).toEqual([]);
  expect((await takeLock(file)).ok).toBe(true);
});

test('the lock of a process that has ended is taken over', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  await writeFile(file, JSON.stringify({ pid: child.pid, started: '1' }));
  expect((await takeLock(file)).ok).toBe(true);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
});

test('a stack that is still being ended keeps its directory', async () => {
  const first = await takeLock(file);
  if (!first.ok) throw new Error('the first was refused');
  await first.value.note({ guardian: process.ppid });
  const holder = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...holder, started: 'long ago' }));
  expect(await takeLock(file)).toMatchObject({ no: { what: expect.stringContaining(`by process ${process.ppid}`) } });
});

test('a pid that was given out again does not hold the lock of the one before', async () => {
  await writeFile(file, JSON.stringify({ pid: process.pid, started: 'long ago' }));
  expect((await takeLock(file)).ok).toBe(true);
});

test('a lock file that was cut off in writing is taken over', async () => {
  await writeFile(file, '{"pi');
  expect((await takeLock(file)).ok).toBe(true);
  expect(await readdir(directory)).toEqual(['up.lock']);
});
