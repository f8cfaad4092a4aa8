import type { FoundImage } from '../../image-query.ts';
import { no, type Result, yes } from '../../result.ts';
import type { VmType } from './settings.ts';

/** What an image must be to be baked on. */
export interface Wanted {
  vmType: VmType;
  region: string;
  mostRecent: boolean;
}

/** An image is meant by its id; everything else is a name to search for. */
export const isImageId = (text: string): boolean => /^ami-[a-z0-9]+$/.test(text);

/**
 * The id, in the wanted region, of the newest or else the first image of the wanted type, or why there is none. Where the first will do,
 * an image before it that says nothing of its type refuses all: it might have been the one.
 */
export function pickImage(found: readonly FoundImage[], wanted: Wanted): Result<string, string> {
  const picked = wanted.mostRecent ? newestOf(found, wanted) : firstOf(found, wanted);
  if (!picked.ok) return picked;
  const { imageName, amis } = picked.value;
  const [id] = amis?.[wanted.region] ?? [];
  return id ? yes(id) : no(`image '${imageName ?? 'without a name'}' was found, and it has no id in that region`);
}

function newestOf(found: readonly FoundImage[], { vmType }: Wanted): Result<FoundImage, string> {
  const fitting = found.filter(({ attributes }) => attributes?.virtualizationType === vmType);
  const [newest, ...others] = fitting;
  if (!newest) return no(noneOf(found));
  return yes(others.reduce((best, image) => (createdAt(image) > createdAt(best) ? image : best), newest));
}

function firstOf(found: readonly FoundImage[], { vmType }: Wanted): Result<FoundImage, string> {
  for (const image of found) {
    if (!image.attributes) {
      return no(`image '${image.imageName ?? 'without a name'}' was found first, and it says nothing of its vm type`);
    }
    if (image.attributes.virtualizationType === vmType) return yes(image);
  }
  return no(noneOf(found));
}

const noneOf = (found: readonly FoundImage[]): string =>
  found.length === 0 ? 'no image was found' : `none of the ${found.length} images found has that vm type`;

/** What has no date that can be read is the oldest. */
function createdAt({ attributes }: FoundImage): number {
  const time = Date.parse(attributes?.creationDate ?? '');
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}
