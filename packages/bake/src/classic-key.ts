import { BakeKey } from './key.ts';
import type { BakeRequest } from './request.ts';

/**
 * The classic bakery's key, for `bakeKey: rosco`: it leaves out most of what changes an image, so that bakes are found again as
 * pipelines are used to. `providerPart` is what the cloud adds.
 */
export function classicKey(request: BakeRequest, providerPart: string | null): BakeKey {
  const { provider, base, sourceImage, imageName, template, varFile, packages, packageArtifacts = [] } = request;
  const said = [provider, base, sourceImage, imageName, template, varFile].filter((part) => part);
  const artifacts = packageArtifacts.map(({ reference }) => reference ?? '').join('|');
  return BakeKey.parse(
    [
      'bake',
      ...said,
      packages.join('|'),
      ...(packageArtifacts.length > 0 ? [artifacts] : []),
      ...(providerPart ? [providerPart] : []),
    ].join(':'),
  );
}
