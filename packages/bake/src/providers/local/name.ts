import { appVersionOf } from '../../app-version.ts';
import { imageNameOf } from '../../image-name.ts';
import type { PackageType } from '../../os-package/package-type.ts';
import type { ImageNames } from '../../provider.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { requestedPackages } from '../../requested-packages.ts';
import { no, type Result, yes } from '../../result.ts';

/** The usual name, as a file name: what a caller said is refused where it does not fit, what was derived is made to fit. */
export function nameLocalImage(
  request: BakeRequest,
  { packageType, now }: { packageType: PackageType; now: Date },
): Result<ImageNames, Refusal> {
  for (const field of ['imageName', 'imageSuffix'] as const) {
    const asked = request[field];
    if (asked !== undefined && !FILE_NAME.test(asked))
      return no({ code: 'unusable-name', field, asked, rule: FILE_NAME_RULE });
  }
  const requested = requestedPackages(request, packageType);
  if (!requested.ok) return requested;

  const { first } = requested.value;
  return yes({
    imageName: toFileName(imageNameOf(request, first, now)),
    appVersion: appVersionOf(first, packageType, request.ci),
  });
}

export const FILE_NAME = /^[A-Za-z0-9][\w.+~-]{0,99}$/;
export const FILE_NAME_RULE =
  'it becomes a file name; use letters, digits, . _ + ~ -, beginning with a letter or a digit, at most 100 of them';

/** Leaves room for the longest extension that a template puts behind it. */
const toFileName = (name: string): string => {
  const safe = name.replaceAll(/[^\w.+~-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  if (safe.length <= 200) return safe;
  // The end tells two names apart: it holds the time.
  return `${safe.slice(0, 100)}${safe.slice(-100)}`;
};
