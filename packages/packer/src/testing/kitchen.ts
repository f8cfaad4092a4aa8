import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import type { BakeRecipe } from '@bakehouse/bake';
import { allowedEnvironment } from '../environment.ts';
import type { Kitchen as PackerKitchen } from '../packer-run.ts';
import { STAGE_MARKER } from '../process-tree.ts';
import { type Stage, withStage } from '../stage.ts';
import { aBundle, anOrder, aRecipe, FAKE_PACKER, packerAt } from './a-recipe.ts';

export type Kitchen = Awaited<ReturnType<typeof openKitchen>>;

/** Directories for one test. Disposing of them removes them, and throws when a process of a stage below them is left. */
export async function openKitchen() {
  // Not below TMPDIR, which may be long: stages must stay short.
  const dir = await mkdtemp('/tmp/bk-');
  const dirs = { root: path.join(dir, 's'), imagesDir: path.join(dir, 'images'), cacheDir: path.join(dir, 'cache') };
  await mkdir(dirs.root, { mode: 0o700 });
  return {
    dir,
    ...dirs,
    async [Symbol.asyncDispose]() {
      const left = await processesOf(dir);
      await rm(dir, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`outlived their stage: ${left.join(', ')}`);
    },
  };
}

/** Stages a template and hands it on, with a kitchen that remembers what it was told. */
export async function withTemplate<T>(
  template: unknown,
  over: { recipe?: Partial<BakeRecipe>; kitchen?: Partial<PackerKitchen>; secrets?: Record<string, string> },
  use: (stage: Stage, recipe: BakeRecipe, kitchen: PackerKitchen & { told: string[] }) => Promise<T>,
): Promise<T> {
  await using dirs = await openKitchen();
  const recipe = aRecipe(over.recipe);
  const told: string[] = [];
  const kitchen = {
    packer: over.kitchen?.packer ?? (await packerAt(FAKE_PACKER)),
    environment: allowedEnvironment(env, []),
    secrets: Object.values(over.secrets ?? {}),
    signal: new AbortController().signal,
    tell: async (lines: readonly string[]) => void told.push(...lines),
    ...over.kitchen,
    told,
  };
  const bundle = aBundle({ [recipe.template]: template });
  const order = anOrder(dirs, { recipe, bundle, secrets: over.secrets ?? {} });
  return await withStage(order, (stage) => use(stage, recipe, kitchen));
}

/** Living processes whose environment says that they belong to a stage below `dir`. */
export async function processesOf(dir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => describeIfOf(pid, dir)));
  return found.filter((one) => one !== undefined);
}

async function describeIfOf(pid: string, dir: string): Promise<string | undefined> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    if (!environment.includes(`${STAGE_MARKER}=${dir}`)) return undefined;
    return `${pid} ${(await readFile(`/proc/${pid}/cmdline`, 'latin1')).replaceAll('\0', ' ')}`;
  } catch {
    return undefined;
  }
}

/** Waits until something holds; throws with `what` after ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
