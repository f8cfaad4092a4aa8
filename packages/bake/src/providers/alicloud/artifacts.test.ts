import { expect, test } from 'vitest';
import { readAlicloudImages } from './artifacts.ts';

const read = (builderId: string, id: string) =>
  readAlicloudImages({ builderId, id, text: '', files: [] }, { imageName: 'nginx' });

test('an image that was imported counts as one that was built', () => {
  expect(read('packer.post-processor.alicloud-import', 'cn-1:m-1')).toEqual([
    { type: 'alicloud/image', location: 'cn-1', reference: 'm-1', name: 'nginx' },
  ]);
});

test('a part of a record that is no image is passed over', () => {
  expect(read('alibaba.alicloud', 'cn-1:s-1,cn-2:m-2,m-3,:m-4').map(({ reference }) => reference)).toEqual(['m-2']);
});
