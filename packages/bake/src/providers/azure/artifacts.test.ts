import { describe, expect, test } from 'vitest';
import type { BakeRecipe } from '../../recipe.ts';
import { AZURE_SECRETS, readAzureImages } from './artifacts.ts';

const SUBSCRIPTION = '/subscriptions/1f2e';
const IMAGE = `${SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.Compute/images/lantern`;
const VERSION = `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Compute/galleries/g/images/lantern/versions/1.0.0`;
const DISK = 'https://store.example/images/os.vhd';

const recipe: BakeRecipe = {
  provider: 'azure',
  region: 'westeurope',
  base: 'noble',
  sourceImage: 'a:b:c',
  imageName: 'Lantern-all-1-noble',
  appVersion: null,
  packageType: 'deb',
  template: 'azure-linux.json',
  varFile: null,
  bundle: 'any',
  variables: { azure_managed_image_name: 'Lantern' },
  secrets: {},
  places: {},
  limits: { totalMs: 1, idleMs: 1, graceMs: 1 },
};

describe('an image of azure-arm', () => {
  const read = (lines: readonly string[], id = IMAGE) => {
    const text = ['Azure.ResourceManagement.VMImage:', '', 'OSType: Linux', ...lines, ''].join('\n');
    return readAzureImages({ builderId: 'Azure.ResourceManagement.VMImage', id, text, files: [] }, recipe);
  };

  test.each([
    [
      'a gallery, wherever else it is too',
      [`OSDiskUri: ${DISK}`, `ManagedImageId: ${IMAGE}`, `ManagedImageSharedImageGalleryId: ${VERSION}`],
      VERSION,
    ],
    [
      'a managed image, though a disk was kept',
      [`OSDiskUri: ${SUBSCRIPTION}/disks/d`, `ManagedImageId: ${IMAGE}`],
      IMAGE,
    ],
    ['a disk as newer plugins name it', [`OSDiskUri: ${SUBSCRIPTION}/disks/d`, `VHDOSDiskUri: ${DISK}`], DISK],
    ['a disk', [`OSDiskUri: ${DISK}`], DISK],
    ['what the id says, where the text says nothing', [], IMAGE],
    ['a line with a carriage return', [`ManagedImageId: ${VERSION}\r`], VERSION],
  ])('is named by %s', (_what, lines, reference) => {
    expect(read(lines)).toEqual([
      { type: 'azure/image', location: 'westeurope', reference, name: 'Lantern-all-1-noble' },
    ]);
  });

  test.each([
    ['no id at all', ''],
    ['the words that stand for none', 'UNKNOWN ID'],
    ['something else', 'lantern'],
    ['an id that is blanked out', '/subscriptions/<sensitive>/images/lantern'],
  ])('is none with %s', (_what, id) => expect(read([], id)).toEqual([]));

  test('is read at once from a line with many blanks', () => {
    const before = process.cpuUsage();
    expect(read([`ManagedImageName: ${' '.repeat(200_000)}x`])).toMatchObject([{ reference: IMAGE }]);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });

  test('is not what stands in the middle of a line or is empty', () => {
    expect(read([` ManagedImageId: ${VERSION}`, 'ManagedImageId: ', 'ManagedImageName: '])).toMatchObject([
      { reference: IMAGE, name: 'Lantern-all-1-noble' },
    ]);
  });

  test.each([
    ['in the spelling of the request', ['ManagedImageLocation: West Europe'], 'westeurope'],
    ['where it says', ['ManagedImageLocation: northeurope', 'StorageAccountLocation: westeurope'], 'northeurope'],
    ['where its disk is', ['StorageAccountLocation: northeurope'], 'northeurope'],
  ])('is %s', (_what, lines, location) => expect(read(lines)).toMatchObject([{ location }]));
});

describe('an image of azure-chroot', () => {
  const small = (text: string): string => text.toLowerCase();
  const read = (...ids: string[]) =>
    readAzureImages({ builderId: 'azure.chroot', id: ids.join(','), text: '', files: [] }, recipe);

  test('has the name that the recipe gave it, though it is printed in small letters', () => {
    expect(read(small(IMAGE))).toEqual([
      { type: 'azure/image', location: 'westeurope', reference: small(IMAGE), name: 'Lantern' },
    ]);
  });

  test('is the version in a gallery before the image it was made of, and no disk or snapshot', () => {
    const others = [
      `${SUBSCRIPTION}/providers/microsoft.compute/disks/d`,
      `${SUBSCRIPTION}/providers/microsoft.compute/snapshots/s`,
    ];
    expect(read(...others, small(VERSION), small(IMAGE))).toMatchObject([
      { reference: small(VERSION), name: 'Lantern' },
    ]);
    expect(read(small(VERSION))).toMatchObject([{ reference: small(VERSION), name: recipe.imageName }]);
    expect(read(...others)).toEqual([]);
  });

  test('keeps a name that is nobody’s', () => {
    expect(read(small(IMAGE).replace('lantern', 'other'))).toMatchObject([{ name: 'other' }]);
  });
});

test('no signature of an address is shown, the address is', () => {
  const hide = (text: string): string => AZURE_SECRETS.reduce((so, pattern) => so.replaceAll(pattern, '***'), text);
  expect(hide(`OSDiskUriReadOnlySas: ${DISK}?se=2030-02-01&sp=r&sig=a%2Fb%3D&sr=b\nOSDiskUri: ${DISK}`)).toBe(
    `OSDiskUriReadOnlySas: ${DISK}?se=2030-02-01&sp=r&sig=***&sr=b\nOSDiskUri: ${DISK}`,
  );
  expect(hide(`AdditionalDiskUriReadOnlySas (datadisk-1): ${DISK}?sig=abc`)).not.toContain('abc');
  expect(hide(`"${DISK}?sr=b\\u0026sig=abc"`)).not.toContain('abc');
  expect(hide(`to=${encodeURIComponent(`${DISK}?sr=b&sig=abc`)}`)).not.toContain('abc');
});
