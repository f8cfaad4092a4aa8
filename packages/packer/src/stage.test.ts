import { access, chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withStage } from './stage.ts';
import { aBundle, anOrder, aRecipe } from './testing/a-recipe.ts';
import { openKitchen } from './testing/kitchen.ts';

const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

test('a recipe is laid out in private: files, scripts, variables', async () => {
  await using kitchen = await openKitchen();
  const recipe = aRecipe({ variables: { size: 7 }, secrets: { password: 'a.b' }, places: { configDir: 'config-dir' } });
  const bundle = aBundle({ 'template.json': { builders: [] }, 'scripts/install.sh': '#!/bin/sh\n' });
  await withStage(anOrder(kitchen, { recipe, bundle, secrets: { 'a.b': 'hunter22' } }), async (stage) => {
    expect(await readFile(path.join(stage.configDir, 'scripts/install.sh'), 'utf8')).toBe('#!/bin/sh\n');
    expect(await modeOf(path.join(stage.configDir, 'scripts/install.sh'))).toBe('700');
    expect(await modeOf(path.join(stage.configDir, 'template.json'))).toBe('600');
    expect(await modeOf(stage.varFile)).toBe('600');
    expect(await modeOf(stage.dir)).toBe('700');
    const variables = { size: '7', password: 'hunter22', configDir: stage.configDir };
    expect(JSON.parse(await readFile(stage.varFile, 'utf8'))).toEqual(variables);
    expect(await readdir(stage.workDir)).toEqual([]);
  });
});

test('a stage is gone when its use is over, well or not, read-only directories and all', async () => {
  await using kitchen = await openKitchen();
  const use = withStage(anOrder(kitchen), async (stage) => {
    await mkdir(path.join(stage.workDir, 'cache/deep'), { recursive: true });
    await writeFile(path.join(stage.workDir, 'cache/deep/file'), '', { mode: 0o400 });
    throw new Error('burnt');
  });
  await expect(use).rejects.toThrow('burnt');
  expect(await readdir(kitchen.root)).toEqual([]);
  expect(await readdir(path.join(kitchen.imagesDir, '.partial'))).toEqual([]);
});

test.each(['../out', '/etc/out', 'a/../../out', '..'])(
  'a bundle file that would leave its directory is refused: %s',
  async (name) => {
    await using kitchen = await openKitchen();
    const staging = withStage(anOrder(kitchen, { bundle: aBundle({ [name]: 'x' }) }), async () => {});
    await expect(staging).rejects.toThrow(`bundle file '${name}' would leave its directory`);
    expect(await readdir(kitchen.root)).toEqual([]);
    await expect(access(path.join(kitchen.dir, 'out'))).rejects.toThrow();
  },
);

test('a root that is too long for sockets is refused with the reason', async () => {
  await using kitchen = await openKitchen();
  const root = path.join(kitchen.dir, 'r'.repeat(60));
  await expect(withStage(anOrder({ ...kitchen, root }), async () => {})).rejects.toThrow(/too long.*80 bytes/);
});

test('a root that others could change is refused, and left as it is', async () => {
  await using kitchen = await openKitchen();
  const link = path.join(kitchen.dir, 'l');
  await symlink('/tmp', link);
  const open = path.join(kitchen.dir, 'o');
  await mkdir(open);
  await chmod(open, 0o777);
  for (const root of [link, open]) {
    const staging = withStage(anOrder({ ...kitchen, root }), async () => {});
    await expect(staging).rejects.toThrow(`'${root}' is not a directory that only this user can write to`);
  }
  expect(await modeOf(open)).toBe('777');
});

test('two tries at one bake do not meet', async () => {
  await using kitchen = await openKitchen();
  await withStage(anOrder(kitchen), async (first) => {
    await withStage(anOrder(kitchen), async (second) => {
      expect(second.dir).not.toBe(first.dir);
      expect(second.outputDir).not.toBe(first.outputDir);
    });
    await access(first.outputDir);
  });
});
