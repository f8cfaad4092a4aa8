import type { OsPackage } from './os-package.ts';
import { splitWithoutTail } from './split.ts';

/**
 * Reads `name-version-release.arch`, as rpm names files (its NEVRA, without the epoch). Names may hold hyphens, versions and releases may
 * not, so it is read from the right. Releases hold dots, and an arch is often left out: then what follows the last dot is taken for one,
 * and a name of three words for name, version and release. That is the classic reading, which image names depend on. The extension `.rpm`
 * would be taken for the arch.
 */
export function parseRpm(text: string): OsPackage {
  const dotted = splitWithoutTail(text, '.');
  const arch = dotted.length > 1 ? (dotted.at(-1) ?? null) : null;
  const body = dotted.length > 1 ? dotted.slice(0, -1).join('.') : text;

  const pieces = splitWithoutTail(body, '-');
  if (pieces.length < 3) return { name: text, version: null, release: null, arch };
  const [version = null, release = null] = pieces.slice(-2);
  return { name: pieces.slice(0, -2).join('-'), version, release, arch };
}
