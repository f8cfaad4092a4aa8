import { expect, test } from 'vitest';
import type { BakeRecipe } from '../../recipe.ts';
import { addressOfGceImage, readGceImages } from './artifacts.ts';

const recipe: BakeRecipe = {
  provider: 'gce',
  region: 'europe-west4',
  base: 'noble',
  sourceImage: 'family/x',
  imageName: 'lantern_all-1-noble',
  appVersion: null,
  packageType: 'deb',
  template: 'gce.json',
  varFile: null,
  bundle: 'any',
  variables: { gce_project_id: 'images' },
  secrets: {},
  places: {},
  limits: { totalMs: 1, idleMs: 1, graceMs: 1 },
};
const ADDRESS = 'https://compute.googleapis.com/compute/v1/projects/images/global/images/lantern-all-1-noble';
const image = {
  type: 'gce/image' as const,
  location: 'europe-west4',
  reference: 'lantern-all-1-noble',
  name: 'lantern-all-1-noble',
};

test('an image has the name that Packer reports, not the one that was asked for', () => {
  const record = { builderId: 'packer.googlecompute', id: 'lantern-all-1-noble', text: '', files: [] };
  expect(readGceImages(record, recipe)).toEqual([image]);
  expect(readGceImages({ ...record, id: '' }, recipe)).toEqual([]);
});

test('an import names its image by the end of its address', () => {
  const record = { builderId: 'packer.post-processor.googlecompute-import', id: '', text: '', files: [ADDRESS] };
  expect(readGceImages(record, recipe)).toEqual([image]);
  expect(readGceImages({ ...record, files: [] }, recipe)).toEqual([]);
});

test('an export is no image', () => {
  const record = {
    builderId: 'packer.post-processor.googlecompute-export',
    id: '',
    text: '',
    files: ['gs://b/o.tar.gz'],
  };
  expect(readGceImages(record, recipe)).toEqual([]);
});

test('other programs find an image by the address in its project, or by its name where only the template knows that', () => {
  expect(addressOfGceImage(image, recipe)).toBe(ADDRESS);
  expect(addressOfGceImage(image, { ...recipe, variables: {} })).toBe('lantern-all-1-noble');
});
