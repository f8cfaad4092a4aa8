import type { OsPackage } from './os-package/os-package.ts';
import type { BakeRequest } from './request.ts';

/**
 * `name-arch-suffix-base`: the name that most clouds give an image. The name and the arch are those of the first package, the suffix
 * is the time in milliseconds, as far as the request does not say. Nothing is cleaned: a cloud that is particular does that itself.
 */
export function imageNameOf(
  { imageName, imageSuffix, base }: Pick<BakeRequest, 'imageName' | 'imageSuffix' | 'base'>,
  first: OsPackage | undefined,
  now: Date,
): string {
  const parts = [imageName || first?.name, first?.arch || 'all', imageSuffix || String(now.getTime()), base];
  return parts.filter((part) => part).join('-');
}
