import { appVersionOf } from './app-version.ts';
import { imageNameOf } from './image-name.ts';
import type { PackageType } from './os-package/package-type.ts';
import type { ImageNames } from './provider.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest } from './request.ts';
import { requestedPackages } from './requested-packages.ts';
import { type Result, yes } from './result.ts';

/** The usual name and app version, for clouds that have no rule of their own. Nothing is cleaned: Packer refuses a name that the cloud would not take. */
export function nameImage(
  request: BakeRequest,
  { packageType, now }: { packageType: PackageType; now: Date },
): Result<ImageNames, Refusal> {
  const requested = requestedPackages(request, packageType);
  if (!requested.ok) return requested;
  const { first } = requested.value;
  return yes({
    imageName: imageNameOf(request, first, now),
    appVersion: appVersionOf(first, packageType, request.ci),
  });
}
