import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** The image is known by its name, which is unique in its project. */
export function readGceImages(record: PackerRecord, { region }: BakeRecipe): readonly Artifact[] {
  const name = NAME_IN[record.builderId]?.(record);
  return name ? [{ type: 'gce/image', location: region, reference: name, name }] : [];
}

/** The image's own address, by which other programs deploy it. */
export function addressOfGceImage({ name }: Artifact, { variables }: BakeRecipe): string {
  const project = variables['gce_project_id'];
  // A template of somebody's own may know its project itself.
  if (project === undefined) return name;
  return `https://compute.googleapis.com/compute/v1/projects/${project}/global/images/${name}`;
}

/** An import has no id, but the address of what it made. */
const NAME_IN: Readonly<Record<string, (record: PackerRecord) => string | undefined>> = {
  'packer.googlecompute': ({ id }) => id,
  'packer.post-processor.googlecompute-import': ({ files: [address = ''] }) =>
    address.slice(address.lastIndexOf('/') + 1),
};
