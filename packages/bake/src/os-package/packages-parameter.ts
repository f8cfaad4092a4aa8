import type { OsPackage } from './os-package.ts';
import type { PackageType } from './package-type.ts';

/**
 * The text that the install scripts read: each package, pinned to its version where it has one, one blank between. Pins are written as
 * the installers take them: apt's `name=version-release`, yum's and dnf's `name-version-release`, the file name for Chocolatey. Never an
 * arch.
 */
export function packagesParameter(type: PackageType, packages: readonly OsPackage[]): string {
  return packages.map((each) => pin(each, PIN[type])).join(' ');
}

const PIN: Record<PackageType, string> = { deb: '=', rpm: '-', nupkg: '.' };

function pin({ name, version, release }: OsPackage, separator: string): string {
  if (!version) return name ?? '';
  return `${name}${separator}${version}${release ? `-${release}` : ''}`;
}
