import { constants, type Stats } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

const MAX_FILES = 2000;
const MAX_DEPTH = 16;
const MAX_FILE_BYTES = 1024 * 1024;

/** A file of a template directory, as the disk knows it: equal until its content or mode changes. */
export interface FoundFile {
  /** Relative to the directory, `/` between parts. */
  path: string;
  /** Where links lead in the end. */
  at: string;
  bytes: number;
  executable: boolean;
  changedMs: number;
  inode: number;
}

/** Something in a template directory that no bake can have, and why. */
export interface SkippedFile {
  path: string;
  reason: string;
}

/** What is in one template directory, in a steady order. */
export interface Layer {
  directory: string;
  files: FoundFile[];
  skipped: SkippedFile[];
}

/**
 * Lists a template directory. Names that begin with a dot are left out, as version control and mounted volumes keep their own things there. Links are
 * followed as long as they stay inside the directory. Rejects when the directory cannot be read or holds too many files.
 */
export async function findFiles(directory: string): Promise<Layer> {
  const root = await realpath(directory).catch((cause: unknown) => {
    throw new Error(`template directory ${directory} cannot be read; see BAKEHOUSE_TEMPLATES`, { cause });
  });
  const layer: Layer = { directory, files: [], skipped: [] };
  await visit(layer, { at: root, inner: '', above: [root] });
  return layer;
}

interface Place {
  at: string;
  /** The same place as the caller of Packer would write it. */
  inner: string;
  /** Real names of the directories above it, the layer's own first. */
  above: readonly string[];
}

async function visit(layer: Layer, { at, inner, above }: Place): Promise<void> {
  for (const name of (await readdir(at)).sort()) {
    if (name.startsWith('.')) continue;
    const place = { at: path.join(at, name), inner: inner === '' ? name : `${inner}/${name}`, above };
    const entry = await inspect(place);
    if ('reason' in entry) layer.skipped.push({ path: path.join(layer.directory, place.inner), reason: entry.reason });
    else if ('file' in entry) layer.files.push(entry.file);
    else await visit(layer, { ...place, at: entry.directory, above: [...above, entry.directory] });
    if (layer.files.length > MAX_FILES) {
      throw new Error(
        `template directory ${layer.directory} holds more than ${MAX_FILES} files; name one that has only templates`,
      );
    }
  }
}

type Entry = { file: FoundFile } | { directory: string } | { reason: string };

async function inspect({ at: name, inner, above }: Place): Promise<Entry> {
  const found = await realpath(name).then(
    async (at) => ({ at, stats: await stat(at) }),
    () => undefined,
  );
  if (!found) return { reason: 'is a link that leads nowhere' };
  const { at, stats } = found;
  const [root = ''] = above;
  if (at !== root && !at.startsWith(root + path.sep)) return { reason: `is a link out of its directory, to ${at}` };
  return stats.isDirectory() ? inspectDirectory(at, above) : inspectFile({ at, inner, stats });
}

async function inspectDirectory(at: string, above: readonly string[]): Promise<Entry> {
  if (above.includes(at)) return { reason: 'is a link to a directory it is in' };
  if (above.length >= MAX_DEPTH) return { reason: `is more than ${MAX_DEPTH} directories deep` };
  if (!(await isReadable(at, constants.R_OK | constants.X_OK))) return { reason: UNREADABLE };
  return { directory: at };
}

async function inspectFile({ at, inner, stats }: { at: string; inner: string; stats: Stats }): Promise<Entry> {
  if (!stats.isFile()) return { reason: 'is neither a file nor a directory' };
  if (stats.size > MAX_FILE_BYTES) return { reason: `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB` };
  if (/[\\\p{Cc}\uFFFD]/u.test(inner)) return { reason: 'has a name that cannot be written in a request' };
  if (!(await isReadable(at, constants.R_OK))) return { reason: UNREADABLE };
  const { size, mode, ctimeMs, mtimeMs, ino } = stats;
  return {
    file: {
      path: inner,
      at,
      bytes: size,
      executable: (mode & 0o111) !== 0,
      changedMs: Math.max(ctimeMs, mtimeMs),
      inode: ino,
    },
  };
}

const UNREADABLE = 'may not be read by this process';

const isReadable = (at: string, mode: number): Promise<boolean> =>
  access(at, mode).then(
    () => true,
    () => false,
  );
