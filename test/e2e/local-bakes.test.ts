import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fleet, startFleet, until } from '../support/fleet.ts';
import { whatIsLeftOf } from '../support/what-is-left.ts';
import { ask, cancel, ended, find, logOf, secondsBaking } from './bakes.ts';
import { openTar, withDisk } from './open-image.ts';

const MINUTES = 60_000;
const HELLO = { provider: 'local', region: 'here', base: 'bookworm', packages: ['hello'] };

let fleet: Fleet;
/** What api, worker and Redis say of the directory while nothing bakes. */
let atRest: readonly string[];
beforeAll(async () => {
  fleet = await startFleet();
  atRest = await whatIsLeftOf(fleet.directory);
});
afterAll(async () => {
  await fleet.stop();
  expect(await whatIsLeftOf(fleet.directory)).toEqual([]);
}, MINUTES);

test('a bake that is cancelled in mmdebstrap leaves no process, no mount and no directory', {
  timeout: 5 * MINUTES,
}, async () => {
  const id = await ask(fleet, HELLO);
  await until(async () => (await logOf(fleet, id)).includes('extracting archives'), 'mmdebstrap', 3 * MINUTES);
  expect((await whatIsLeftOf(fleet.directory)).join('\n')).toContain('mmdebstrap');

  expect(await cancel(fleet, id)).toBeLessThan(300);
  expect((await ended(fleet, id)).state).toBe('cancelled');
  await until(async () => (await whatIsLeftOf(fleet.directory)).length === atRest.length, 'everything of it to end');
  expect(await readdir(path.join(fleet.directory, 'st'))).toEqual([]);
  expect(await imagesIn(fleet)).toEqual([]);
});

test('a bake makes a root file system with the package installed, and the next one is quicker', {
  timeout: 8 * MINUTES,
}, async () => {
  const first = await baked(HELLO);
  const image = await openTar(first.artifact.reference);
  expect(image.packages).toContain('hello');
  expect(await image.hasProgram('usr/bin/hello')).toBe(true);
  const bytes = await readFile(first.artifact.reference);
  expect(first.artifact).toMatchObject({
    type: 'local/image',
    size: bytes.length,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  });

  const second = await baked(HELLO);
  expect(second.artifact.reference).not.toBe(first.artifact.reference);
  expect(secondsBaking(second.bake)).toBeLessThan(secondsBaking(first.bake) * 0.75);
  console.log(
    `first bake ${secondsBaking(first.bake).toFixed(1)} s, second ${secondsBaking(second.bake).toFixed(1)} s`,
  );
  expect(await readdir(path.join(fleet.directory, 'st'))).toEqual([]);
});

test('the same template makes a qcow2 disk when asked', { timeout: 5 * MINUTES }, async () => {
  const { artifact } = await baked({ ...HELLO, packages: ['hello', 'cowsay'], variables: { format: 'qcow2' } });
  expect(artifact.reference).toMatch(/\.qcow2$/);
  await withDisk(artifact.reference, async (disk) => {
    expect(disk.packages).toEqual(expect.arrayContaining(['hello', 'cowsay']));
    expect(await disk.hasProgram('usr/bin/hello')).toBe(true);
  });
});

test("a package that does not exist fails the bake as a package, with apt's line as evidence", {
  timeout: 5 * MINUTES,
}, async () => {
  const before = await imagesIn(fleet);
  const bake = await ended(fleet, await ask(fleet, { ...HELLO, packages: ['no-such-thing'] }));
  expect(bake).toMatchObject({ state: 'failed', attempts: 1, failure: { class: 'package', leftovers: false } });
  const evidence = bake.state === 'failed' ? bake.failure.evidence.join('\n') : '';
  expect(evidence).toContain('E: Unable to locate package no-such-thing');
  expect(await imagesIn(fleet)).toEqual(before);
});

test('the worker leaves nothing of its bakes but the images', async () => {
  expect((await whatIsLeftOf(fleet.directory)).length).toBe(atRest.length);
  expect(await readdir(path.join(fleet.directory, 'st'))).toEqual([]);
  expect(await readdir(path.join(fleet.directory, 'cache'), { recursive: true })).not.toContainEqual(
    expect.stringMatching(/\.part$/),
  );
});

async function baked(request: Record<string, unknown>) {
  const id = await ask(fleet, request);
  const bake = await ended(fleet, id);
  if (bake.state !== 'baked') throw new Error(`bake ${id} is ${bake.state}:\n${await logOf(fleet, id)}`);
  expect(await find(fleet, id)).toEqual(bake);
  return { bake, artifact: bake.artifacts[0] };
}

async function imagesIn({ directory }: Fleet): Promise<string[]> {
  const files = await readdir(path.join(directory, 'images'), { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
}
