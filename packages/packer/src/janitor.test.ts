import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sweepStages } from './janitor.ts';
import { STAGE_MARKER } from './process-tree.ts';
import { withStage } from './stage.ts';
import { anOrder } from './testing/a-recipe.ts';
import { type Kitchen, openKitchen, processesOf } from './testing/kitchen.ts';

const at = { graceMs: 300, signal: new AbortController().signal };

/** A stage as a worker leaves it that was killed, with its owner changed at will. */
async function aDesertedStage(kitchen: Kitchen, change: (owner: Record<string, unknown>) => object = (owner) => owner) {
  const dir = path.join(kitchen.root, 's-lost00');
  const owner = await withStage(anOrder(kitchen), async (stage) =>
    JSON.parse(await readFile(path.join(stage.dir, 'owner.json'), 'utf8')),
  );
  await mkdir(path.join(dir, 'work'), { recursive: true });
  await writeFile(path.join(dir, 'owner.json'), JSON.stringify({ ...change(owner), stage: dir }));
  return dir;
}

const killed = (owner: Record<string, unknown>) => ({ ...owner, worker: { pid: process.pid, start: 1 } });

test('a stage with a living owner is not touched', async () => {
  await using kitchen = await openKitchen();
  await withStage(anOrder(kitchen), async (stage) => {
    expect(await sweepStages(kitchen, at)).toEqual({ removed: [], stuck: [] });
    expect(await readdir(stage.dir)).toContain('owner.json');
  });
});

test('a stage whose owner’s number belongs to a later process is cleared', async () => {
  await using kitchen = await openKitchen();
  const dir = await aDesertedStage(kitchen, killed);
  expect(await sweepStages(kitchen, at)).toEqual({ removed: [dir], stuck: [] });
  expect(await readdir(kitchen.root)).toEqual([]);
});

test('a stage of another machine is left alone for as long as a bake may take', async () => {
  await using kitchen = await openKitchen();
  const elsewhere = { id: 'x', host: 'y', boot: 'z', processNamespace: 'n' };
  const dir = await aDesertedStage(kitchen, (owner) => ({ ...killed(owner), machine: elsewhere }));
  expect((await sweepStages(kitchen, at)).removed).toEqual([]);
  const longAgo = new Date(Date.now() - 30 * 3_600_000);
  await utimes(dir, longAgo, longAgo);
  expect((await sweepStages(kitchen, at)).removed).toEqual([dir]);
});

test('a directory that nobody owns is cleared once it is no longer being made', async () => {
  await using kitchen = await openKitchen();
  const dir = path.join(kitchen.root, 's-nobody');
  await mkdir(dir);
  expect((await sweepStages(kitchen, at)).removed).toEqual([]);
  const before = new Date(Date.now() - 120_000);
  await utimes(dir, before, before);
  expect((await sweepStages(kitchen, at)).removed).toEqual([dir]);
});

test('what is no stage is not touched, however old', async () => {
  await using kitchen = await openKitchen();
  const dir = path.join(kitchen.root, 'precious');
  await mkdir(dir);
  await utimes(dir, new Date(0), new Date(0));
  expect(await sweepStages(kitchen, at)).toEqual({ removed: [], stuck: [] });
});

test('a process that a killed worker’s stage still has is ended, however stubborn', async () => {
  await using kitchen = await openKitchen();
  const dir = await aDesertedStage(kitchen, killed);
  const script = 'trap "" TERM; while :; do sleep 0.1; done';
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', [STAGE_MARKER]: dir },
  });
  const gone = once(child, 'exit');
  expect(await sweepStages(kitchen, at)).toEqual({ removed: [dir], stuck: [] });
  expect(await gone).toEqual([null, 'SIGKILL']);
  expect(await processesOf(kitchen.dir)).toEqual([]);
});

test('a half-made image stays while its stage does, and goes with it', async () => {
  await using kitchen = await openKitchen();
  const stage = await aDesertedStage(kitchen, killed);
  const partial = path.join(kitchen.imagesDir, '.partial/bake-1-1-abcdef');
  await mkdir(path.join(partial, 'image'), { recursive: true });
  await writeFile(path.join(partial, 'owner.json'), await readFile(path.join(stage, 'owner.json')));
  const aborted = { ...at, signal: AbortSignal.abort() };
  expect((await sweepStages(kitchen, aborted)).removed).toEqual([]);
  expect((await sweepStages(kitchen, at)).removed).toEqual([stage, partial]);
});
