import type { PackageType } from './os-package/package-type.ts';
import { packagesParameter } from './os-package/packages-parameter.ts';
import type { ImageNames } from './provider.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest } from './request.ts';
import { requestedPackages } from './requested-packages.ts';
import { type Result, yes } from './result.ts';
import type { Variables } from './variable.ts';

/** What every template is told of a request and what changes the image: the same words on every cloud. */
export function sharedVariables(
  request: BakeRequest,
  { packageType, repository }: { packageType: PackageType; repository: string },
): Result<Variables, Refusal> {
  const requested = requestedPackages(request, packageType);
  if (!requested.ok) return requested;
  return yes({
    repository,
    package_type: packageType,
    packages: packagesParameter(packageType, requested.value.packages),
    ...(request.upgrade === true && { upgrade: true }),
  });
}

/** What every template is told of the build that asks. It names the image and does not change it. */
export function buildVariables({ ci }: BakeRequest, { appVersion }: ImageNames): Variables {
  return { appversion: appVersion, build_host: ci?.host ?? null, build_info_url: ci?.url ?? null };
}
