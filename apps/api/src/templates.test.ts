import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SkippedFile } from './template-files.ts';
import { openTemplates, type Templates } from './templates.ts';

let home: string;
let nowMs = 0;
let skipped: SkippedFile[];
let trouble: unknown[];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bakehouse-templates-'));
  skipped = [];
  trouble = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('later directories win file by file, and what only an earlier one has stays', async () => {
  await write('shipped/docker.json', 'shipped');
  await write('shipped/scripts/install.sh', 'install');
  await write('mine/docker.json', 'mine');

  const tree = await (await openAll('shipped', 'mine')).tree();

  expect([...tree.keys()].sort()).toEqual(['docker.json', 'scripts/install.sh']);
  expect(textOf(tree.get('docker.json')?.content)).toBe('mine');
});

test('a script keeps its mode, a template has none', async () => {
  await write('shipped/run.sh', '#!/bin/sh');
  await chmod(path.join(home, 'shipped/run.sh'), 0o755);
  await write('shipped/docker.json', '{}');

  const tree = await (await openAll('shipped')).tree();

  expect(tree.get('run.sh')?.executable).toBe(true);
  expect(tree.get('docker.json')?.executable).toBe(false);
});

test('a link that stays inside its directory is followed, as a mounted volume needs it', async () => {
  await write('shipped/..2026/docker.json', 'mounted');
  await symlink('..2026', path.join(home, 'shipped/..data'));
  await symlink('..data/docker.json', path.join(home, 'shipped/docker.json'));

  const tree = await (await openAll('shipped')).tree();

  expect([...tree.keys()]).toEqual(['docker.json']);
  expect(textOf(tree.get('docker.json')?.content)).toBe('mounted');
});

test('a link out of its directory is left out by name, with where it leads', async () => {
  await write('secret', 'of the host');
  await write('shipped/docker.json', '{}');
  await symlink('../secret', path.join(home, 'shipped/leak'));
  await symlink('..', path.join(home, 'shipped/all'));

  const tree = await (await openAll('shipped')).tree();

  expect([...tree.keys()]).toEqual(['docker.json']);
  expect(skipped).toEqual([
    { path: path.join(home, 'shipped/all'), reason: expect.stringContaining('link out of its directory') },
    { path: path.join(home, 'shipped/leak'), reason: expect.stringContaining(path.join(home, 'secret')) },
  ]);
});

test('a directory that is a link to one above it does not go round for ever', async () => {
  await write('shipped/scripts/run.sh', '');
  await symlink('..', path.join(home, 'shipped/scripts/again'));

  const tree = await (await openAll('shipped')).tree();

  expect([...tree.keys()]).toEqual(['scripts/run.sh']);
  expect(skipped).toMatchObject([{ reason: 'is a link to a directory it is in' }]);
});

test('what is too large, or no file, or leads nowhere, is left out by name', async () => {
  await write('shipped/disk.img', 'x'.repeat(1024 * 1024 + 1));
  await symlink('gone', path.join(home, 'shipped/dangling'));
  await write('shipped/odd\nname', '');

  const tree = await (await openAll('shipped')).tree();

  expect([...tree.keys()]).toEqual([]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    'is a link that leads nowhere',
    'is larger than 1 MiB',
    'has a name that cannot be written in a request',
  ]);
});

test('a directory that holds more than a bundle can carry is refused by name', async () => {
  for (let index = 0; index < 9; index++) await write(`shipped/${index}.bin`, 'x'.repeat(1024 * 1024));
  await expect(openAll('shipped')).rejects.toThrow(/template directory .*shipped holds more than 8 MiB/);
});

test('a directory that is not there is refused by name', async () => {
  await expect(openAll('nowhere')).rejects.toThrow(/template directory .*nowhere cannot be read/);
});

test('an edit is seen by the first request a second later, and not looked for before', async () => {
  await write('shipped/docker.json', 'old');
  const templates = await openAll('shipped');
  await write('shipped/docker.json', 'new');

  nowMs += 900;
  expect(textOf((await templates.tree()).get('docker.json')?.content)).toBe('old');
  nowMs += 200;
  expect(textOf((await templates.tree()).get('docker.json')?.content)).toBe('new');
});

test('a tree that nobody touched is the same object, so that nothing is read or hashed again', async () => {
  await write('shipped/docker.json', 'old');
  const templates = await openAll('shipped');
  const before = await templates.tree();
  nowMs += 5000;
  expect(await templates.tree()).toBe(before);
});

test('a directory that goes away later leaves what was read, and says so', async () => {
  await write('shipped/docker.json', 'old');
  const templates = await openAll('shipped');
  await rm(path.join(home, 'shipped'), { recursive: true });

  nowMs += 1100;
  expect([...(await templates.tree()).keys()]).toEqual(['docker.json']);
  expect(trouble).toMatchObject([{ message: expect.stringContaining('cannot be read') }]);
});

const openAll = (...names: string[]): Promise<Templates> =>
  openTemplates(
    names.map((name) => path.join(home, name)),
    { nowMs: () => nowMs, onSkip: (file) => skipped.push(file), onTrouble: (error) => trouble.push(error) },
  );

async function write(name: string, text: string): Promise<void> {
  const file = path.join(home, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

const textOf = (content: string | undefined): string => Buffer.from(content ?? '', 'base64').toString();
