import { chmod, copyFile, lstat, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Artifact, Artifacts } from '@bakehouse/bake';
import { digestOf } from './digest.ts';
import type { Stage } from './stage.ts';

/**
 * Keeps the files among a good bake's artifacts: the stage's output directory becomes `<imagesDir>/<imageName>` (or
 * `<imageName>~<id>` where that exists) in one step, with files from elsewhere in the stage moved in and the manifest
 * beside them. Files get their size and digest, and references say where they are now; what is no file passes untouched.
 */
export async function keepFiles(
  stage: Stage,
  artifacts: Artifacts,
  { id, imageName }: { id: string; imageName: string },
): Promise<Artifacts> {
  const [first, ...rest] = artifacts;
  const primary = await look(stage, first);
  const others: Found[] = [];
  for (const artifact of rest) others.push(await look(stage, artifact));

  const inOutput = new Map<string, string>();
  for (const { file, inside } of [primary, ...others]) {
    if (file && inside && !inOutput.has(file)) inOutput.set(file, await takeIn(stage, file));
  }
  const kept = inOutput.size > 0 ? await publish(stage, { id, name: fileNameOf(imageName) }) : '';
  const rewrite = ({ artifact, file }: Found): Artifact => {
    const within = file === undefined ? undefined : inOutput.get(file);
    return within === undefined ? artifact : { ...artifact, reference: path.join(kept, within) };
  };
  return [rewrite(primary), ...others.map(rewrite)];
}

interface Found {
  artifact: Artifact;
  /** Of an artifact that is a file: where it really is. */
  file?: string;
  /** It goes when the stage goes. */
  inside?: boolean;
}

async function look(stage: Stage, artifact: Artifact): Promise<Found> {
  const { workDir, outputDir, dir } = stage;
  const file = await realpath(path.resolve(workDir, artifact.reference)).catch(() => undefined);
  const found = file === undefined ? undefined : await stat(file);
  if (file === undefined || !found?.isFile()) return { artifact };
  const digest = await digestOf(file, [path.dirname(file), outputDir, workDir]);
  const inside = isBelow(await realpath(outputDir), file) || isBelow(await realpath(dir), file);
  return { artifact: { ...artifact, reference: file, size: found.size, digest }, file, inside };
}

/** Where a file stands in the output directory, once it is there. */
async function takeIn({ workDir, outputDir }: Stage, file: string): Promise<string> {
  const [output, work] = await Promise.all([realpath(outputDir), realpath(workDir)]);
  if (isBelow(output, file)) return path.relative(output, file);
  let within = isBelow(work, file) ? path.relative(work, file) : path.basename(file);
  while (await exists(path.join(output, within))) within = `${within}~`;
  await move(file, path.join(output, within));
  return within;
}

/** Images are often on another file system than stages. */
async function move(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, ['EXDEV'])) throw error;
    await copyFile(from, to);
    await rm(from);
  }
}

async function publish(stage: Stage, { id, name }: { id: string; name: string }): Promise<string> {
  await chmod(stage.outputDir, 0o755);
  for (const free of [name, `${name}~${id}`, `${name}~${id}~${path.basename(stage.dir)}`]) {
    const kept = path.join(stage.imagesDir, free);
    if (await exists(kept)) continue;
    const manifest = await carryManifest(stage, { name, kept });
    try {
      await rename(stage.outputDir, kept);
      return kept;
    } catch (error) {
      // Another bake took the name between the look and the step.
      if (!hasCode(error, ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'])) throw error;
      await rm(manifest, { force: true });
    }
  }
  throw new Error(`no free name for image '${name}' in ${stage.imagesDir}; move away what is there under that name`);
}

/** The manifest names files by where they were baked; the copy names them by where they are kept. */
async function carryManifest(stage: Stage, { name, kept }: { name: string; kept: string }): Promise<string> {
  const copy = path.join(stage.outputDir, `${name}.manifest.json`);
  const text = await readFile(stage.manifestFile, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    await writeFile(
      copy,
      text.replaceAll(`${stage.outputDir}/`, `${kept}/`).replaceAll(`${stage.workDir}/`, `${kept}/`),
    );
  }
  return copy;
}

/** An image name is a file name nearly everywhere; a docker one may have slashes. */
const fileNameOf = (imageName: string): string => imageName.replaceAll(/[/\0]/g, '_').replace(/^\./, '_');

const isBelow = (dir: string, file: string): boolean => file.startsWith(`${dir}${path.sep}`);

const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
