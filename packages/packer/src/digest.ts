import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * `sha256:<hex>` of a file: as Packer's checksum post-processor wrote it down in one of `dirs`, if it did so after the
 * file was last changed, else reckoned.
 */
export async function digestOf(file: string, dirs: readonly string[]): Promise<string> {
  return `sha256:${(await writtenDown(file, dirs)) ?? (await reckon(file))}`;
}

const CHECKSUM_FILE = /\.(sha256|sha256sum|checksum)$|^SHA256SUMS$/;

/** A longer one is no list of checksums. */
const LONGEST = 1024 * 1024;

async function writtenDown(file: string, dirs: readonly string[]): Promise<string | undefined> {
  const { mtimeMs } = await stat(file);
  for (const dir of new Set(dirs)) {
    const names = await readdir(dir).catch(() => []);
    for (const name of names.filter((one) => CHECKSUM_FILE.test(one))) {
      const list = path.join(dir, name);
      const found = await stat(list);
      if (!found.isFile() || found.mtimeMs < mtimeMs || found.size > LONGEST) continue;
      const sum = sumFor(path.basename(file), await readFile(list, 'utf8'));
      if (sum) return sum;
    }
  }
  return undefined;
}

function sumFor(name: string, list: string): string | undefined {
  const entries = list.split('\n').map((line) => /^([0-9a-f]{64})\s+\*?(.+?)\s*$/.exec(line));
  return entries.find((entry) => entry?.[2] !== undefined && path.basename(entry[2]) === name)?.[1];
}

async function reckon(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
