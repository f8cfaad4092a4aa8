import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { RunOfBuild } from '../../provider.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** The machine image of each region that a record lists; other parts of it, e.g. volumes, are none. */
export function readMachineImages({ builderId, id }: PackerRecord, { imageName }: BakeRecipe): readonly Artifact[] {
  if (!IMAGE_MAKERS.includes(builderId)) return [];
  return id.split(',').flatMap((part) => {
    const [, location, reference] = REGION_AND_IMAGE.exec(part) ?? [];
    return location && reference ? [{ type: 'aws/image' as const, location, reference, name: imageName }] : [];
  });
}

/** An image that was only made to be copied is in the record although Packer took it away again. */
export function imagesThatStay(images: readonly Artifact[], { target, notices }: RunOfBuild): readonly Artifact[] {
  const words = notices.flatMap((notice) => saidBy(target, notice) ?? []);
  if (!words.some((said) => said.startsWith(TAKEN_AWAY))) return images;
  const temporary = words.map((said) => TEMPORARY.exec(said)?.[1]);
  return images.filter(({ reference }) => !temporary.includes(reference));
}

const TAKEN_AWAY = 'Deregistering the AMI and deleting unencrypted temporary AMIs and snapshots';
const TEMPORARY = /^(?:AMI: |.*AMI \()(ami-[a-z0-9]+)(?:$|\s|\) to other regions)/;

/** What Packer says of an image that it copies and takes away. */
export const AWS_NOTICES = [
  new RegExp(`^(==> | {4}).*?: ${TAKEN_AWAY}`),
  /^(==> | {4}).*?: (AMI: ami-|.*AMI \(ami-[a-z0-9]+\) to other regions)/,
];

const IMAGE_MAKERS = [
  'mitchellh.amazonebs',
  'mitchellh.amazon.chroot',
  'mitchellh.amazon.ebssurrogate',
  'mitchellh.amazon.instance',
  'packer.post-processor.amazon-import',
];

const REGION_AND_IMAGE = /^([^:]+):(ami-[a-z0-9]{8,})$/;

/** Older Packers indent what newer ones announce. */
function saidBy(target: string, notice: string): string | undefined {
  const prefix = [`==> ${target}: `, `    ${target}: `].find((start) => notice.startsWith(start));
  return prefix === undefined ? undefined : notice.slice(prefix.length);
}
