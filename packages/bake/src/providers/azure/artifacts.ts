import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** The one image that a record speaks of. Copies that a gallery makes for other regions are the same image. */
export function readAzureImages(record: PackerRecord, recipe: BakeRecipe): readonly Artifact[] {
  const read = READERS[record.builderId];
  const image = read?.(record, recipe);
  return image ? [{ type: 'azure/image', ...image }] : [];
}

/** A signature in an address opens a disk to whoever reads it; Packer 1.6 prints such addresses with the disks it made. */
export const AZURE_SECRETS = [/(?<=sig(?:=|%3D))[^&\s"'\\<>]+/gi];

type Image = Omit<Artifact, 'type'>;

const READERS: Readonly<Record<string, (record: PackerRecord, recipe: BakeRecipe) => Image | undefined>> = {
  'Azure.ResourceManagement.VMImage': readVmImage,
  'azure.chroot': readChrootImage,
};

/** The id may be a disk that was kept, or nothing: the text says more, one `Key: value` a line. */
function readVmImage({ id, text }: PackerRecord, { region, imageName }: BakeRecipe): Image | undefined {
  const said = linesOf(text);
  const references = [...REFERENCES.map((key) => said.get(key)), id];
  const reference = references.find((found) => found !== undefined && isReference(found));
  if (reference === undefined) return undefined;
  const location = said.get('ManagedImageLocation') || said.get('StorageAccountLocation') || region;
  return {
    location: isSamePlace(location, region) ? region : location,
    reference,
    name: said.get('ManagedImageName') || imageName,
  };
}

/** What clients deploy from, best first. */
const REFERENCES = ['ManagedImageSharedImageGalleryId', 'ManagedImageId', 'VHDOSDiskUri', 'OSDiskUri'];

const linesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, key = '', said = ''] = /^(\w+): (.*)/s.exec(line) ?? [];
      const value = said.trimEnd();
      return value === '' ? [] : [[key, value]];
    }),
  );

/** Newer Packers blank out what a template calls sensitive: half an id is none. */
const isReference = (text: string): boolean =>
  /^(\/subscriptions\/|https?:\/\/)\S*$/.test(text) && !text.includes('<sensitive>');

/** It prints ids in small letters, of whatever it made or left: disks and snapshots too. */
function readChrootImage({ id }: PackerRecord, { region, imageName, variables }: BakeRecipe): Image | undefined {
  const resources = id.split(',').filter(isReference);
  const image = resources.find((resource) => IMAGE.test(resource));
  const reference = resources.find((resource) => GALLERY_VERSION.test(resource)) ?? image;
  if (reference === undefined) return undefined;
  const printed = image?.slice(image.lastIndexOf('/') + 1) ?? imageName;
  const spellings = [imageName, String(variables['azure_managed_image_name'] ?? '')];
  return {
    location: region,
    reference,
    name: spellings.find((name) => name.toLowerCase() === printed.toLowerCase()) ?? printed,
  };
}

const IMAGE = /\/providers\/microsoft\.compute\/images\/[^/]+$/i;
const GALLERY_VERSION = /\/providers\/microsoft\.compute\/galleries\/[^/]+\/images\/[^/]+\/versions\/[^/]+$/i;

/** `West Europe` and `westeurope`. */
const isSamePlace = (one: string, other: string): boolean => bare(one) === bare(other);

const bare = (place: string): string => place.replaceAll(/\s/g, '').toLowerCase();
