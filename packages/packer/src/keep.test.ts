import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Artifact, Artifacts } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { keepFiles } from './keep.ts';
import { type Stage, withStage } from './stage.ts';
import { anOrder } from './testing/a-recipe.ts';
import { type Kitchen, openKitchen } from './testing/kitchen.ts';

const anArtifact = (reference: string): Artifact => ({
  type: 'local/image',
  location: 'here',
  reference,
  name: 'hello-1',
});

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Stages, lets `bake` leave files behind, and keeps what it names. */
const keep = (kitchen: Kitchen, bake: (stage: Stage) => Promise<[string, ...string[]]>): Promise<Artifacts> =>
  withStage(anOrder(kitchen), async (stage) => {
    const [first, ...rest] = await bake(stage);
    return keepFiles(stage, [anArtifact(first), ...rest.map(anArtifact)], { id: 'bake-1', imageName: 'hello-1' });
  });

const leaveImage = async ({ outputDir }: Stage): Promise<[string]> => {
  await writeFile(path.join(outputDir, 'root.tar'), 'an image');
  return [path.join(outputDir, 'root.tar')];
};

test('a file in the output directory is kept under the image’s name, with size and digest', async () => {
  await using kitchen = await openKitchen();
  const artifacts = await keep(kitchen, leaveImage);
  const reference = path.join(kitchen.imagesDir, 'hello-1/root.tar');
  expect(artifacts).toEqual([{ ...anArtifact(reference), size: 8, digest: sha256('an image') }]);
  expect(await readFile(reference, 'utf8')).toBe('an image');
  expect(await readdir(kitchen.imagesDir)).toEqual(['.partial', 'hello-1']);
  expect(await readdir(path.join(kitchen.imagesDir, '.partial'))).toEqual([]);
});

test('an image of the same name is never written over', async () => {
  await using kitchen = await openKitchen();
  await keep(kitchen, leaveImage);
  const second = await keep(kitchen, leaveImage);
  const third = await keep(kitchen, leaveImage);
  expect(second[0].reference).toBe(path.join(kitchen.imagesDir, 'hello-1~bake-1/root.tar'));
  expect(third[0].reference).toMatch(/hello-1~bake-1~s-\w+\/root\.tar$/);
});

test('what a template left in its working directory comes along, by the path it had there', async () => {
  await using kitchen = await openKitchen();
  const artifacts = await keep(kitchen, async ({ workDir, outputDir }) => {
    await mkdir(path.join(workDir, 'output-qemu'));
    await writeFile(path.join(workDir, 'output-qemu/disk.qcow2'), 'a disk');
    await writeFile(path.join(workDir, 'root.tar'), 'of the work dir');
    await writeFile(path.join(outputDir, 'root.tar'), 'of the output dir');
    return ['output-qemu/disk.qcow2', 'root.tar'];
  });
  const kept = path.join(kitchen.imagesDir, 'hello-1');
  expect(artifacts.map(({ reference }) => reference)).toEqual([
    path.join(kept, 'output-qemu/disk.qcow2'),
    path.join(kept, 'root.tar~'),
  ]);
  expect(await readFile(path.join(kept, 'root.tar~'), 'utf8')).toBe('of the work dir');
});

test('an image that is no file passes untouched, and nothing is kept', async () => {
  await using kitchen = await openKitchen();
  const artifacts = await keep(kitchen, async () => ['registry.example/hello:1']);
  expect(artifacts).toEqual([anArtifact('registry.example/hello:1')]);
  expect(await readdir(kitchen.imagesDir)).toEqual(['.partial']);
});

test('a file that stands elsewhere stays there', async () => {
  await using kitchen = await openKitchen();
  const file = path.join(kitchen.dir, 'elsewhere.img');
  await writeFile(file, 'an image');
  const artifacts = await keep(kitchen, async () => [file]);
  expect(artifacts).toEqual([{ ...anArtifact(file), size: 8, digest: sha256('an image') }]);
});

test('a checksum that Packer wrote down is believed, unless the file is newer', async () => {
  const written = 'a'.repeat(64);
  await using kitchen = await openKitchen();
  const artifacts = await keep(kitchen, async (stage) => {
    const [file] = await leaveImage(stage);
    await writeFile(path.join(stage.outputDir, 'null.sha256'), `${written}\troot.tar\n`);
    return [file];
  });
  expect(artifacts[0].digest).toBe(`sha256:${written}`);

  const newer = await keep(kitchen, async (stage) => {
    const [file] = await leaveImage(stage);
    await writeFile(path.join(stage.outputDir, 'null.sha256'), `${written}\troot.tar\n`);
    await utimes(file, new Date(), new Date(Date.now() + 60_000));
    return [file];
  });
  expect(newer[0].digest).toBe(sha256('an image'));
});

test('the manifest goes along, and names files by where they are now', async () => {
  await using kitchen = await openKitchen();
  await keep(kitchen, async (stage) => {
    const [file] = await leaveImage(stage);
    await writeFile(stage.manifestFile, JSON.stringify({ builds: [{ files: [{ name: file }] }] }));
    return [file];
  });
  const kept = path.join(kitchen.imagesDir, 'hello-1');
  expect(JSON.parse(await readFile(path.join(kept, 'hello-1.manifest.json'), 'utf8'))).toEqual({
    builds: [{ files: [{ name: path.join(kept, 'root.tar') }] }],
  });
});
