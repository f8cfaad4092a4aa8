import { lstat, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BakeRecipe, Bundle, TemplateFile, Variables } from '@bakehouse/bake';
import { withClaim } from './claim.ts';
import { varFileText } from './variables.ts';

/** What is staged for one try at a bake. */
export interface StageOrder {
  id: string;
  attempt: number;
  recipe: BakeRecipe;
  bundle: Bundle;
  /** Values by secret name, for all that the recipe names. */
  secrets: Readonly<Record<string, string>>;
  /** Values of the recipe's confidential variables; nothing where it has none. */
  confided?: Variables;
  /** Where stages stand. Short, because Packer's sockets go below it, and private: `/tmp/bakehouse`. */
  root: string;
  /** Where images are kept. */
  imagesDir: string;
  /** Outlives bakes. */
  cacheDir: string;
}

/** The directories and files of one run of Packer: absolute paths, all private to this user. */
export interface Stage {
  readonly dir: string;
  /** The bundle's files. */
  readonly configDir: string;
  /** Packer's working directory: empty, writable. */
  readonly workDir: string;
  readonly tmpDir: string;
  readonly homeDir: string;
  /** Parent of Packer's own configuration. */
  readonly packerDir: string;
  /** Fresh, on the file system of the images; gone with the stage unless `keepFiles` takes it. */
  readonly outputDir: string;
  readonly imagesDir: string;
  readonly cacheDir: string;
  readonly varFile: string;
  readonly manifestFile: string;
  /** The request's package artifacts, where the recipe has a place for them. */
  readonly artifactsFile: string;
}

/** Longer, and the sockets of Packer's plugins do not bind. */
const LONGEST_TMPDIR = 80;

/**
 * Lays out a recipe in a fresh directory of its own for as long as `use` runs, and clears it away after, whatever
 * happens. Throws when the root is unfit or a file of the bundle would leave its directory.
 */
export async function withStage<T>(order: StageOrder, use: (stage: Stage) => Promise<T>): Promise<T> {
  const root = path.resolve(order.root);
  const imagesDir = path.resolve(order.imagesDir);
  const cacheDir = path.resolve(order.cacheDir);
  await prepareRoot(root);
  const partial = path.join(imagesDir, PARTIAL);
  await mkdir(partial, { recursive: true });
  return withClaim(path.join(root, STAGE_PREFIX), {}, (dir) =>
    withClaim(path.join(partial, `${order.id}-${order.attempt}-`), { stage: dir }, async (outputClaim) => {
      const stage = placesIn(dir, { outputDir: path.join(outputClaim, 'image'), imagesDir, cacheDir });
      await layOut(stage, order);
      return use(stage);
    }),
  );
}

/** How the name of a stage begins; six letters and digits follow. */
export const STAGE_PREFIX = 's-';

/** Below the images directory: outputs of bakes that have not ended well yet. */
export const PARTIAL = '.partial';

function placesIn(
  dir: string,
  { outputDir, imagesDir, cacheDir }: { outputDir: string; imagesDir: string; cacheDir: string },
): Stage {
  return {
    dir,
    configDir: path.join(dir, 'config'),
    workDir: path.join(dir, 'work'),
    tmpDir: path.join(dir, 'tmp'),
    homeDir: path.join(dir, 'home'),
    packerDir: path.join(dir, 'packer'),
    outputDir,
    imagesDir,
    cacheDir,
    varFile: path.join(dir, 'variables.json'),
    manifestFile: path.join(dir, 'manifest.json'),
    artifactsFile: path.join(dir, 'package-artifacts.json'),
  };
}

async function layOut(stage: Stage, { recipe, bundle, secrets, confided = {} }: StageOrder): Promise<void> {
  const { configDir, workDir, tmpDir, homeDir, packerDir, outputDir, cacheDir } = stage;
  await mkdir(cacheDir, { recursive: true });
  const own = [configDir, workDir, tmpDir, homeDir, packerDir, outputDir];
  await Promise.all(own.map((dir) => mkdir(dir, { mode: 0o700 })));
  await Promise.all(bundle.files.map((file) => layFile(configDir, file)));
  const places = {
    'config-dir': configDir,
    'output-dir': outputDir,
    'cache-dir': cacheDir,
    'manifest-file': stage.manifestFile,
    'artifacts-file': stage.artifactsFile,
  };
  if (recipe.packageArtifacts)
    await writeFile(stage.artifactsFile, JSON.stringify(recipe.packageArtifacts), { mode: 0o600, flag: 'wx' });
  await writeFile(stage.varFile, varFileText(recipe, { secrets, confided, places }), { mode: 0o600, flag: 'wx' });
}

async function layFile(configDir: string, { path: name, executable, content }: TemplateFile): Promise<void> {
  const target = path.resolve(configDir, name);
  if (!target.startsWith(`${configDir}${path.sep}`)) {
    throw new Error(`bundle file '${name}' would leave its directory; a path in a bundle is relative and has no '..'`);
  }
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  const mode = executable ? 0o700 : 0o600;
  await writeFile(target, Buffer.from(content, 'base64'), { mode, flag: 'wx' });
}

/** A directory under /tmp that somebody else made first could be swapped under our feet. */
async function prepareRoot(root: string): Promise<void> {
  const tmpDir = path.join(root, `${STAGE_PREFIX}XXXXXX`, 'tmp');
  if (Buffer.byteLength(tmpDir) > LONGEST_TMPDIR) {
    throw new Error(
      `stage directory '${root}' is too long: Packer's sockets go below ${tmpDir}, which may have ${LONGEST_TMPDIR} bytes; choose a shorter one, e.g. /tmp/bakehouse`,
    );
  }
  await mkdir(root, { recursive: true, mode: 0o700 });
  const found = await lstat(root);
  const isOurs = found.isDirectory() && (!process.getuid || found.uid === process.getuid());
  if (!isOurs || (found.mode & 0o022) !== 0) {
    throw new Error(
      `stage directory '${root}' is not a directory that only this user can write to; choose another, or remove it`,
    );
  }
}
