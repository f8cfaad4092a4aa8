import type { PackageType } from '../os-package/package-type.ts';
import { splitWithoutTail } from '../os-package/split.ts';

/** How a family of packages names its files. Texts are compared as they are: never as patterns, never in another case. */
export interface PackageFile {
  /** Stands between name and version. */
  delimiter: string;
  /** Whether a file is one of the package that was asked for. */
  isOf(asked: string, fileName: string): boolean;
  /** The version in the name of such a file; `null` where there is no room for one. */
  versionOf(asked: string, fileName: string): string | null;
}

/** `name_version-release_arch.deb`: a version without the arch. */
const deb: PackageFile = {
  delimiter: '_',
  isOf: (asked, fileName) => isFramed(fileName, `${asked}_`, '.deb'),
  versionOf: (asked, fileName) => between(fileName, `${asked}_`, '.deb')?.replace(/_.*$/s, '') ?? null,
};

/** `name-version-release.arch.rpm`: the name is all but the last two parts, and the version keeps the arch. */
const rpm: PackageFile = {
  delimiter: '-',
  // Hyphens at the end do not count. A build has many files: this does not take each apart.
  isOf: (asked, fileName) => fileName.startsWith(asked) && /^-[^-]*-[^-]+-*$/.test(fileName.slice(asked.length)),
  versionOf(_asked, fileName) {
    const [version = '', release = ''] = splitWithoutTail(fileName, '-').slice(-2);
    return `${version}-${release.replaceAll(/[^\n\r\u0085\u2028\u2029]rpm/g, '')}`;
  },
};

/** `Name.Of.It.version.nupkg`: a dot stands in names, too, so that a longer name is taken for a version. */
const nupkg: PackageFile = {
  delimiter: '.',
  isOf: (asked, fileName) => isFramed(fileName, `${asked}.`, '.nupkg'),
  versionOf: (asked, fileName) => between(fileName, `${asked}.`, '.nupkg'),
};

export const PACKAGE_FILES: Record<PackageType, PackageFile> = { deb, rpm, nupkg };

/** A file's name as the text of a package; `undefined` for a file without that extension. */
export function withoutExtension(fileName: string, type: PackageType): string | undefined {
  const at = fileName.lastIndexOf(`.${type}`);
  return at < 0 ? undefined : fileName.slice(0, at);
}

/** Beginning and end may share a character: `Git.nupkg` is a file of `Git`. */
const isFramed = (text: string, begin: string, end: string): boolean => text.startsWith(begin) && text.endsWith(end);

function between(text: string, begin: string, end: string): string | null {
  const at = text.lastIndexOf(end);
  return at < begin.length ? null : text.slice(begin.length, at);
}
