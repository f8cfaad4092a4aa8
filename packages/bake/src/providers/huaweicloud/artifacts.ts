import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** The images of a record, that of the system first; it does not say where they are. */
export function readHuaweicloudImages(
  { builderId, id }: PackerRecord,
  { region, imageName }: Pick<BakeRecipe, 'region' | 'imageName'>,
): readonly Artifact[] {
  if (!IMAGE_MAKERS.includes(builderId)) return [];
  const references = id.split(';').filter((reference) => reference !== '');
  return references.map((reference) => ({
    type: 'huaweicloud/image',
    location: region,
    reference,
    name: imageName,
  }));
}

const IMAGE_MAKERS = ['huawei.huaweicloud', 'packer.post-processor.huaweicloud-import', 'mitchellh.openstack'];
