import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** The image of each region that a record lists. */
export function readAlicloudImages(
  { builderId, id }: PackerRecord,
  { imageName }: Pick<BakeRecipe, 'imageName'>,
): readonly Artifact[] {
  if (!IMAGE_MAKERS.includes(builderId)) return [];
  return id.split(',').flatMap((part) => {
    const [, location, reference] = REGION_AND_IMAGE.exec(part) ?? [];
    return location && reference ? [{ type: 'alicloud/image' as const, location, reference, name: imageName }] : [];
  });
}

const IMAGE_MAKERS = ['alibaba.alicloud', 'packer.post-processor.alicloud-import'];

const REGION_AND_IMAGE = /^([^:]+):(m-[a-z0-9]+)$/;
