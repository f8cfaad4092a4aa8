import { expect, test } from 'vitest';
import { readTencentcloudImages } from './artifacts.ts';

const read = (id: string) =>
  readTencentcloudImages({ builderId: 'tencent.cloud', id, text: '', files: [] }, { imageName: 'nginx' });

test('a part of a record that is no image is passed over', () => {
  expect(read('ap-1:snap-1,ap-2:img-2,img-3,:img-4')).toEqual([
    { type: 'tencentcloud/image', location: 'ap-2', reference: 'img-2', name: 'nginx' },
  ]);
});
