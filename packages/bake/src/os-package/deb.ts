import { no, type Result, yes } from '../result.ts';
import type { OsPackage } from './os-package.ts';
import { splitWithoutTail } from './split.ts';

/** Reads `name_version-release_arch`. The extension `.deb` and an epoch stay where they stand. */
export function parseDeb(text: string): Result<OsPackage, string> {
  const parts = splitWithoutTail(text, '_');
  const [name = text, versionAndRelease, arch = null] = parts;
  if (versionAndRelease === undefined) return yes({ name: text, version: null, release: null, arch: null });

  const [version, release = null] = splitWithoutTail(versionAndRelease, '-');
  if (version === undefined) return no('its version is nothing but hyphens; write it as name_version-release_arch');
  return yes({ name, version, release, arch });
}
