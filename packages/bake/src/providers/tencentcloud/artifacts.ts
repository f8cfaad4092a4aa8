import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** The image of each region that a record lists. */
export function readTencentcloudImages(
  { builderId, id }: PackerRecord,
  { imageName }: Pick<BakeRecipe, 'imageName'>,
): readonly Artifact[] {
  if (builderId !== 'tencent.cloud') return [];
  return id.split(',').flatMap((part) => {
    const [, location, reference] = REGION_AND_IMAGE.exec(part) ?? [];
    return location && reference ? [{ type: 'tencentcloud/image' as const, location, reference, name: imageName }] : [];
  });
}

const REGION_AND_IMAGE = /^([^:]+):(img-[a-z0-9]+)$/;
