import { no, type Result, yes } from '../result.ts';
import type { OsPackage } from './os-package.ts';
import { splitWithoutTail } from './split.ts';

/**
 * Reads `name_version-release_arch`, as archives name the files of Debian packages. Debian Policy has the parts (5.6.7 Package, 5.6.8
 * Architecture, 5.6.12 Version): neither a name nor a version holds an underscore, so that underscores part them; and what Policy calls
 * the Debian revision, which counts the packagings of one upstream version, is the release here. Where Policy would part version and
 * revision at the last hyphen, the classic bakery takes the first and drops what stands behind a second; so does this. An epoch (`2:`)
 * stays in the version, and the extension `.deb` where it stands: whoever asks for packages leaves it out.
 */
export function parseDeb(text: string): Result<OsPackage, string> {
  const parts = splitWithoutTail(text, '_');
  const [name = text, versionAndRelease, arch = null] = parts;
  if (versionAndRelease === undefined) return yes({ name: text, version: null, release: null, arch: null });

  const [version, release = null] = splitWithoutTail(versionAndRelease, '-');
  if (version === undefined) return no('its version is nothing but hyphens; write it as name_version-release_arch');
  return yes({ name, version, release, arch });
}
