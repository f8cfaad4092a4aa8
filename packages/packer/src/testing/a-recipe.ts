import path from 'node:path';
import { env } from 'node:process';
import type { BakeRecipe, Bundle } from '@bakehouse/bake';
import { allowedEnvironment } from '../environment.ts';
import type { StageOrder } from '../stage.ts';
import { findPacker, type Packer } from '../toolchain.ts';

export const FAKE_PACKER = path.resolve(import.meta.dirname, '../../../../test/fake-packer/packer');

export function aRecipe(over: Partial<BakeRecipe> = {}): BakeRecipe {
  return {
    provider: 'local',
    region: 'here',
    base: 'bookworm',
    sourceImage: 'bookworm',
    imageName: 'hello-1',
    appVersion: null,
    packageType: 'deb',
    template: 'template.json',
    varFile: null,
    bundle: aBundle({}).digest,
    variables: {},
    secrets: {},
    places: { output_dir: 'output-dir', manifest_file: 'manifest-file' },
    limits: { totalMs: 60_000, idleMs: 60_000, graceMs: 20_000 },
    ...over,
  };
}

/** A bundle of files by path; what is not text is written as JSON. */
export function aBundle(files: Record<string, unknown>): Bundle {
  const entries = Object.entries(files).map(([name, content]) => ({
    path: name,
    executable: typeof content === 'string' && content.startsWith('#!'),
    content: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64'),
  }));
  return { digest: `sha256:${'0'.repeat(64)}`, files: entries };
}

export function anOrder(
  kitchen: Pick<StageOrder, 'root' | 'imagesDir' | 'cacheDir'>,
  over: Partial<StageOrder> = {},
): StageOrder {
  const { root, imagesDir, cacheDir } = kitchen;
  const rest = { id: 'bake-1', attempt: 1, recipe: aRecipe(), bundle: aBundle({}), secrets: {} };
  return { root, imagesDir, cacheDir, ...rest, ...over };
}

export async function packerAt(bin: string): Promise<Packer> {
  const found = await findPacker(bin, allowedEnvironment(env, []));
  if (!found.ok) throw new Error(found.no);
  return found.value;
}
