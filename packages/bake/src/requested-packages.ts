import { NAMELESS, type OsPackage } from './os-package/os-package.ts';
import type { PackageType } from './os-package/package-type.ts';
import { parsePackage } from './os-package/parse.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest } from './request.ts';
import { no, type Result, yes } from './result.ts';

/** The packages of a request as its package type reads them. */
export interface RequestedPackages {
  /** What is to be installed, in order. */
  packages: readonly OsPackage[];
  /** What names the image: the first package, else the first package artifact. */
  first: OsPackage | undefined;
}

/** Reads them in their order; one that cannot be read refuses all, by its place in the request. */
export function requestedPackages(
  { packages, packageArtifacts = [] }: Pick<BakeRequest, 'packages' | 'packageArtifacts'>,
  type: PackageType,
): Result<RequestedPackages, Refusal> {
  const installed: OsPackage[] = [];
  for (const [index, text] of packages.entries()) {
    const parsed = parsePackage(type, text);
    if (!parsed.ok) return no({ code: 'unusable-name', field: `packages[${index}]`, asked: text, rule: parsed.no });
    if (parsed.value.name) installed.push(parsed.value);
  }
  const handedOver: OsPackage[] = [];
  for (const [index, { name = '' }] of packageArtifacts.entries()) {
    const parsed = parsePackage(type, name);
    if (!parsed.ok)
      return no({ code: 'unusable-name', field: `packageArtifacts[${index}].name`, asked: name, rule: parsed.no });
    handedOver.push(parsed.value ?? NAMELESS);
  }
  return yes({ packages: installed, first: installed[0] ?? handedOver[0] });
}
