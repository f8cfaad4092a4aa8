import { BaseImage, type Catalogue, type Offer } from '@bakehouse/bake';
import { z } from 'zod';

/** A base image as pipelines' forms list it: as ours, with the package type in capitals. */
export const ClassicBaseImage = BaseImage.extend({ packageType: z.enum(['RPM', 'DEB', 'NUPKG']) });
export type ClassicBaseImage = z.infer<typeof ClassicBaseImage>;

export const BakeOptions = z.object({ cloudProvider: z.string(), baseImages: z.array(ClassicBaseImage) });
export type BakeOptions = z.infer<typeof BakeOptions>;

export const toOptions = (cloudProvider: string, { baseImages }: Offer): BakeOptions => ({
  cloudProvider,
  baseImages: baseImages.map(toBaseImage),
});

export const allOptions = ({ offers }: Catalogue): BakeOptions[] =>
  [...offers].map(([provider, offer]) => toOptions(provider, offer));

export const toBaseImage = (image: BaseImage): ClassicBaseImage => ({
  ...image,
  packageType: IN_CAPITALS[image.packageType],
});

const IN_CAPITALS: Record<BaseImage['packageType'], ClassicBaseImage['packageType']> = {
  rpm: 'RPM',
  deb: 'DEB',
  nupkg: 'NUPKG',
};
