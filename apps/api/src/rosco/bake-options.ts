import { BaseImage, type Catalogue, hideCredentials, type Offer, Value } from '@bakehouse/bake';
import { z } from 'zod';

/** A base image as pipelines' forms list it: as ours, with the package type in capitals. */
export const ClassicBaseImage = BaseImage.omit({ facts: true })
  .extend({ packageType: z.enum(['RPM', 'DEB', 'NUPKG']).nullable() })
  .catchall(Value);
export type ClassicBaseImage = z.infer<typeof ClassicBaseImage>;

export const BakeOptions = z.object({ cloudProvider: z.string(), baseImages: z.array(ClassicBaseImage) });
export type BakeOptions = z.infer<typeof BakeOptions>;

export const toOptions = (cloudProvider: string, { baseImages }: Offer): BakeOptions => ({
  cloudProvider,
  baseImages: baseImages.map(toBaseImage),
});

export const allOptions = ({ offers }: Catalogue): BakeOptions[] =>
  [...offers].map(([provider, offer]) => toOptions(provider, offer));

export const toBaseImage = ({ facts, packageType, ...image }: BaseImage): ClassicBaseImage => ({
  ...hideCredentials(image),
  packageType: packageType && IN_CAPITALS[packageType],
  ...facts,
});

const IN_CAPITALS: Record<NonNullable<BaseImage['packageType']>, ClassicBaseImage['packageType']> = {
  rpm: 'RPM',
  deb: 'DEB',
  nupkg: 'NUPKG',
};

/** Why there is nothing to offer, in the words that pipelines have always shown. */
export function explainNoOptions(
  provider: string,
  { offer, image }: { offer: Offer | undefined; image?: string | undefined },
): string {
  if (!offer) return `Cloud provider ${provider} not found`;
  const known = offer.baseImages.map(({ id }) => id).join(', ');
  return `Can't find base image with id ${image} in ${provider} base images: ${known}`;
}
