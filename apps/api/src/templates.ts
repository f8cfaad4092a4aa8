import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { overlay, type TemplateFile, type TemplateTree } from '@bakehouse/bake';
import { type FoundFile, findFiles, type Layer, type SkippedFile } from './template-files.ts';

/** Of one layer: its files travel through Redis with every bake that needs them. */
const MAX_LAYER_BYTES = 8 * 1024 * 1024;

/** How long a look at the disk is good for. */
const LOOK_EVERY_MS = 1000;

/** The template directories, laid over one another: later ones win file by file. */
export interface Templates {
  /** As they stand on the disk now, or stood within the last second. */
  tree(): Promise<TemplateTree>;
}

export interface TemplatesOptions {
  /** Milliseconds on any clock that never goes back. */
  nowMs: () => number;
  /** Told what no bake can have, once per reading. */
  onSkip: (skipped: SkippedFile) => void;
  /** Told why a later look failed; what was read before stays good. */
  onTrouble: (error: unknown) => void;
}

/** Reads the directories, and reads them again when a file in them changes. Rejects with the reason when one cannot be read now. */
export async function openTemplates(
  directories: readonly string[],
  { nowMs, onSkip, onTrouble }: TemplatesOptions,
): Promise<Templates> {
  let shelf = await read(await find(directories));
  let lookedAt = nowMs();
  let looking: Promise<TemplateTree> | undefined;

  async function read(layers: readonly Layer[]) {
    const trees = await Promise.all(layers.map(readLayer));
    for (const skipped of layers.flatMap((layer) => layer.skipped)) onSkip(skipped);
    return { seen: fingerprint(layers), tree: overlay(trees) };
  }
  async function look() {
    try {
      const layers = await find(directories);
      if (fingerprint(layers) !== shelf.seen) shelf = await read(layers);
    } catch (error) {
      onTrouble(error);
    }
    lookedAt = nowMs();
    return shelf.tree;
  }
  return {
    tree: async () => {
      if (nowMs() - lookedAt < LOOK_EVERY_MS) return shelf.tree;
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}

const find = (directories: readonly string[]): Promise<Layer[]> => Promise.all(directories.map(findFiles));

const fingerprint = (layers: readonly Layer[]): string => JSON.stringify(layers);

async function readLayer({ directory, files }: Layer): Promise<TemplateTree> {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MAX_LAYER_BYTES) {
    const most = `${MAX_LAYER_BYTES / 1024 / 1024} MiB`;
    throw new Error(`template directory ${directory} holds more than ${most}; keep what is not a template elsewhere`);
  }
  const tree = new Map<string, TemplateFile>();
  for (const found of files) tree.set(found.path, await readTemplate(found));
  return tree;
}

/** Without following a link and without waiting for a pipe: what was found may have been swapped since. */
async function readTemplate({ path, at, bytes, executable }: FoundFile): Promise<TemplateFile> {
  const file = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const content = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(content, 0, bytes, 0);
    return { path, executable, content: content.subarray(0, bytesRead).toString('base64') };
  } finally {
    await file.close();
  }
}
