import { expect, test } from 'vitest';
import { readHuaweicloudImages } from './artifacts.ts';

const read = (builderId: string, id: string) =>
  readHuaweicloudImages({ builderId, id, text: '', files: [] }, { region: 'cn-1', imageName: 'nginx' });

test.each(['huawei.huaweicloud', 'packer.post-processor.huaweicloud-import', 'mitchellh.openstack'])(
  'an image of %s is where it was asked for',
  (builderId) => {
    expect(read(builderId, 'a-1;')).toEqual([
      { type: 'huaweicloud/image', location: 'cn-1', reference: 'a-1', name: 'nginx' },
    ]);
  },
);
