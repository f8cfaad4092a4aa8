import { appVersionOf } from '../../app-version.ts';
import { readOptions } from '../../options.ts';
import type { OsPackage } from '../../os-package/os-package.ts';
import type { PackageType } from '../../os-package/package-type.ts';
import type { ImageNames } from '../../provider.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { requestedPackages } from '../../requested-packages.ts';
import { no, type Result, yes } from '../../result.ts';
import { AzureOptions } from './options.ts';

/** What names an azure image. `null` is a member that the caller did not send; an empty one stands in its place and then vanishes. */
export interface AzureName {
  baseName: string | null;
  baseLabel: string | null;
  base: string | null;
  osType: string | null;
  first: OsPackage | undefined;
}

export function nameAzureImage(
  request: BakeRequest,
  { packageType, now }: { packageType: PackageType; now: Date },
): Result<ImageNames, Refusal> {
  const options = readOptions(AzureOptions, request);
  if (!options.ok) return options;
  const requested = requestedPackages(request, packageType);
  if (!requested.ok) return requested;

  const { baseName = null, baseLabel = null, osType = null, system } = options.value;
  const { first } = requested.value;
  const imageName = azureImageName({ baseName, baseLabel, base: system ?? request.base ?? null, osType, first }, now);
  if (!imageName.ok) return imageName;
  return yes({ imageName: imageName.value, appVersion: appVersionOf(first, packageType, request.ci) });
}

/** What the cloud will call the image: by the build where the request has a number and a base name. */
export function managedImageNameOf({ imageName }: ImageNames, request: BakeRequest, now: Date): string {
  const { baseName = null } = AzureOptions.parse(request.options ?? {});
  return managedImageName(imageName, { buildNumber: request.ci?.number ?? null, baseName, now });
}

/** `base name-arch-label-system`, whatever of it is not blank. */
export function azureImageName(
  { baseName, baseLabel, base, osType, first }: AzureName,
  now: Date,
): Result<string, Refusal> {
  const system = base ?? osType;
  if (system === null) return no(NO_SYSTEM);
  const parts = [baseName ?? first?.name ?? '', first?.arch ?? 'all', baseLabel ?? String(now.getTime()), system];
  return yes(parts.filter((part) => !isBlank(part)).join('-'));
}

/** The name as azure takes it: other characters go, so do hyphens and dots at the end, and what is left is cut at 75. */
export function managedImageName(
  imageName: string,
  { buildNumber, baseName, now }: { buildNumber: string | null; baseName: string | null; now: Date },
): string {
  const name = buildNumber && baseName ? `${buildNumber}-${baseName}` : imageName || String(now.getTime());
  return name
    .replaceAll(/[^\w.-]/g, '')
    .replace(/[-.]+$/, '')
    .slice(0, 75);
}

/** A no-break space is no blank. */
const isBlank = (text: string): boolean => /^[^\S\u00a0\u2007\u202f\ufeff]*$/.test(text);

const NO_SYSTEM: Refusal = {
  code: 'malformed-request',
  issues: [
    { path: 'base', message: 'is missing, and so is osType; azure needs one of them for the name of the image' },
  ],
};
