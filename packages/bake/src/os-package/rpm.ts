import type { OsPackage } from './os-package.ts';
import { splitWithoutTail } from './split.ts';

/** Reads `name-version-release.arch` from the right. Without an arch, the last dot of a version is taken for one: the classic reading. */
export function parseRpm(text: string): OsPackage {
  const dotted = splitWithoutTail(text, '.');
  const arch = dotted.length > 1 ? (dotted.at(-1) ?? null) : null;
  const body = dotted.length > 1 ? dotted.slice(0, -1).join('.') : text;

  const pieces = splitWithoutTail(body, '-');
  if (pieces.length < 3) return { name: text, version: null, release: null, arch };
  const [version = null, release = null] = pieces.slice(-2);
  return { name: pieces.slice(0, -2).join('-'), version, release, arch };
}
