import { appVersionOf } from '../../app-version.ts';
import { readOptions } from '../../options.ts';
import type { OsPackage } from '../../os-package/os-package.ts';
import type { PackageType } from '../../os-package/package-type.ts';
import type { ImageNames } from '../../provider.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest, Ci } from '../../request.ts';
import { requestedPackages } from '../../requested-packages.ts';
import { no, type Result, yes } from '../../result.ts';
import { askedTag, DockerOptions } from './choose.ts';

/** `organization/name`: no arch, no time, no base. */
export function nameDockerImage(
  request: BakeRequest,
  { packageType, now }: { packageType: PackageType; now: Date },
): Result<ImageNames, Refusal> {
  const options = readOptions(DockerOptions, request);
  if (!options.ok) return options;
  const requested = requestedPackages(request, packageType);
  if (!requested.ok) return requested;

  const { first } = requested.value;
  if (!request.imageName && !first) return no(NAMELESS_IMAGE);
  const parts = [options.value.organization, request.imageName || first?.name].filter((part) => part);
  return yes({
    imageName: parts.join('/'),
    appVersion: dockerVersion({ first, packageType, ci: request.ci }, now),
  });
}

/** A docker image always has a version: the time where its package gives none. */
export const dockerVersion = (
  { first, packageType, ci }: { first: OsPackage | undefined; packageType: PackageType; ci: Ci | undefined },
  now: Date,
): string => appVersionOf(first, packageType, ci) ?? millis(now);

/** The time stands in for a tag that nobody asked for. */
export const targetTag = (request: BakeRequest, now: Date): string => askedTag(request) ?? millis(now);

const millis = (now: Date): string => String(now.getTime());

const NAMELESS_IMAGE: Refusal = {
  code: 'malformed-request',
  issues: [
    {
      path: 'packages',
      message: 'is empty, and docker names an image after its first package; name one, or an imageName',
    },
  ],
};
