import type { OsPackage } from './os-package/os-package.ts';
import type { PackageType } from './os-package/package-type.ts';
import type { Ci } from './request.ts';

/**
 * What an image's app version says about the package it was baked from. The grammar is that of frigga, the library that Spinnaker's
 * image searches and deployment pages read tags with (0.24, which knows no distribution behind the commit): `name-version`, then
 * `-h` and the number of the build, `.` and its commit, `/` and its job, `/` and its number once more.
 */
export interface AppVersion {
  packageName: string;
  version: string;
  buildNumber: string | null;
  commit: string | null;
  buildJobName: string | null;
}

/**
 * The version of an image by its first package and the build that asks; `null` where image searches would not understand it. A build
 * without a number is not in it, nor is a release.
 */
export function appVersionOf(first: OsPackage | undefined, type: PackageType, ci: Ci | undefined): string | null {
  const text = spell(first, SEPARATORS[type], ci);
  return text !== null && PATTERN.test(text) ? text : null;
}

/**
 * Reads one; `null` for what is none. A part that does not begin with `h` is a commit, and the build then stands behind it. Nothing that
 * runs reads app versions back, nor do the two below: they are the readers' side of the grammar, which conformance holds `appVersionOf` against.
 */
export function parseAppVersion(text: string | null): AppVersion | null {
  const [whole, packageName = '', version = '', third = '', fourth = null, job = null] = PATTERN.exec(text ?? '') ?? [];
  if (whole === undefined) return null;
  const build = third.startsWith('h')
    ? { buildNumber: third.slice(1), commit: fourth }
    : { buildNumber: fourth === null ? null : fourth.slice(1), commit: third };
  return { packageName, version, ...build, buildJobName: job };
}

/** Whether an image was baked from that very package. Only conformance asks. */
export const isAppVersionOf = (text: string | null, packageName: string): boolean =>
  parseAppVersion(text)?.packageName === packageName;

/** The build that an image's tags speak of, as deployment pages link to it. Only conformance asks. */
export function buildOfImage(
  appVersion: string | null,
  buildHost: string | null,
): { host: string | null; name: string | null; number: string | null } | null {
  const parsed = parseAppVersion(appVersion);
  return parsed && { host: buildHost, name: parsed.buildJobName, number: parsed.buildNumber };
}

/** `name-version-part[.part][/job/number]`; the name takes as many hyphens as the rest leaves it. */
const PATTERN = /^([\w.~^-]+)-([A-Za-z0-9.~]+)-(\w+)(?:\.(\w+))?(?:\/([\w.~^-]+)\/\d+)?$/;

const SEPARATORS: Record<PackageType, { version: string; build: string; commit: string }> = {
  deb: { version: '-', build: '-h', commit: '.' },
  rpm: { version: '-', build: '-h', commit: '.' },
  nupkg: { version: '.', build: '-', commit: '+' },
};

function spell(
  first: OsPackage | undefined,
  separators: (typeof SEPARATORS)[PackageType],
  { number, commit, job }: Ci = {},
): string | null {
  if (first?.name === undefined || first.name === null) return null;
  if (!first.version) return first.name;
  const versioned = `${first.name}${separators.version}${first.version}`;
  if (!number) return versioned;
  const built = `${versioned}${separators.build}${number}${commit ? separators.commit + commit : ''}`;
  return job ? `${built}/${job.replaceAll('/', '-')}/${number}` : built;
}
