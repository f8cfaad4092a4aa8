import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { env } from 'node:process';
import { allowedEnvironment } from '../environment.ts';
import { runPacker } from '../run.ts';
import { withStage } from '../stage.ts';
import { aBundle, anOrder, aRecipe, FAKE_PACKER, packerAt } from './a-recipe.ts';

/**
 * A worker with nothing but one bake, as a program of its own.
 *   flood                      hears a hundred megabytes; prints how many lines, and by how much it has grown
 *   bake DIR TEMPLATE PACKER   bakes a template's text below DIR, noting what it is told in DIR/told
 */
const [task, ...rest] = process.argv.slice(2);
if (task === 'flood') await hearFlood();
else await bakeIn(rest);

async function hearFlood(): Promise<void> {
  const dir = await mkdtemp('/tmp/bk-');
  let lines = 0;
  let highest = 0;
  const tell = async (some: readonly string[]): Promise<void> => {
    lines += some.length;
    highest = Math.max(highest, process.memoryUsage.rss());
  };
  const template = JSON.stringify({ builders: [], steps: [{ flood: 100_000_000 }] });
  const before = process.memoryUsage.rss();
  await bake({ dir, template, bin: FAKE_PACKER, tell });
  await rm(dir, { recursive: true });
  process.stdout.write(JSON.stringify({ lines, grownMb: (highest - before) / 1e6 }));
}

async function bakeIn([dir = '', template = '', bin = '']: readonly string[]): Promise<void> {
  await bake({ dir, template, bin, tell: async (lines) => appendFileSync(`${dir}/told`, `${lines.join('\n')}\n`) });
}

async function bake(order: {
  dir: string;
  template: string;
  bin: string;
  tell: (lines: readonly string[]) => Promise<void>;
}): Promise<void> {
  const { dir, template, bin, tell } = order;
  const dirs = { root: `${dir}/s`, imagesDir: `${dir}/images`, cacheDir: `${dir}/cache` };
  await mkdir(dirs.root, { recursive: true, mode: 0o700 });
  const recipe = aRecipe();
  const kitchen = {
    packer: await packerAt(bin),
    environment: allowedEnvironment(env, []),
    secrets: ['hunter22'],
    signal: new AbortController().signal,
    tell,
  };
  const staged = anOrder(dirs, { recipe, bundle: aBundle({ [recipe.template]: template }) });
  await withStage(staged, (stage) => runPacker(stage, recipe, kitchen));
}
