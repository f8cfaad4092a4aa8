import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** Files that are images: sums and firmware variables beside them are not. The file that is named like the image comes first. */
export function readImageFiles({ builderId, files }: PackerRecord, recipe: BakeRecipe): readonly Artifact[] {
  if (!FILE_MAKERS.includes(builderId)) return [];
  const images = files.filter((file) => file !== '' && !isBesideAnImage(baseName(file)));
  const first = images.find((file) => isNamedLike(recipe.imageName, baseName(file)));
  const ordered = first === undefined ? images : [first, ...images.filter((file) => file !== first)];
  return ordered.map((file) => anImage(file, recipe));
}

/** Templates of an operator's own may end in a docker image. It counts where no file does. */
export function readTaggedImages({ builderId, id }: PackerRecord, recipe: BakeRecipe): readonly Artifact[] {
  return TAG_MAKERS.includes(builderId) && id !== '' ? [anImage(id, recipe)] : [];
}

const FILE_MAKERS = [
  'packer.file',
  'transcend.qemu',
  'packer.docker',
  'packer.post-processor.artifice',
  'packer.post-processor.compress',
  'mitchellh.virtualbox',
  'mitchellh.vmware',
  'packer.parallels',
  'rickard-von-essen.parallels',
  'MSOpenTech.hyperv',
  'mitchellh.post-processor.vagrant',
];

const TAG_MAKERS = ['packer.post-processor.docker-import', 'packer.post-processor.docker-tag'];

const anImage = (reference: string, { region, imageName }: BakeRecipe): Artifact => ({
  type: 'local/image',
  location: region,
  reference,
  name: imageName,
});

const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

const isBesideAnImage = (name: string): boolean =>
  name === 'efivars.fd' || /\.(checksum|md5|sha1|sha224|sha256|sha384|sha512)$/.test(name);

const isNamedLike = (imageName: string, name: string): boolean =>
  name === imageName || name.startsWith(`${imageName}.`);
