import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** The one image of a record. Name and region are in Packer's sentence about it; of a classic one it says neither. */
export function readOracleImages(
  { builderId, id, text }: PackerRecord,
  { region, imageName }: Pick<BakeRecipe, 'region' | 'imageName'>,
): readonly Artifact[] {
  if (builderId === 'packer.oracle.classic' && id !== '') {
    return [{ type: 'oracle/image', location: region, reference: id, name: imageName }];
  }
  if (builderId !== 'packer.oracle.oci' || !id.startsWith('ocid1.image.')) return [];
  const [, name, location] = NAME_AND_REGION.exec(text) ?? [];
  return [{ type: 'oracle/image', location: location || region, reference: id, name: name || imageName }];
}

/** A name may hold apostrophes and brackets: it ends at the last of what can follow it. */
const NAME_AND_REGION = /^An image was created: '(.*)' \(OCID: .*\) in region '(.*)'$/s;
