import { expect, test } from 'vitest';
import type { BakeRequest } from '../../request.ts';
import { chooseTencentcloud } from './choose.ts';
import { TencentcloudSettings } from './settings.ts';

const settings = TencentcloudSettings.parse({
  bakeryDefaults: {
    templateFile: 'tencentcloud.json',
    baseImages: [
      {
        baseImage: { id: 'jammy', packageType: 'deb' },
        virtualizationSettings: [{ region: 'ap-1' }, { zone: 'forgotten' }, { region: 'ap-2' }],
      },
      { baseImage: { id: 'jammy', packageType: 'deb' }, virtualizationSettings: [{ region: 'ap-3' }] },
    ],
  },
});
const choose = (region: string) => {
  const request: BakeRequest = { provider: 'tencentcloud', region, base: 'jammy', packages: [], priority: 5 };
  return chooseTencentcloud(request, settings);
};

test('settings without a region are in the way of those behind them only', () => {
  expect(choose('ap-1').ok).toBe(true);
  expect(choose('ap-2')).toMatchObject({
    ok: false,
    no: { code: 'unready-base-image', asked: 'jammy', rule: expect.stringContaining('region') },
  });
});

test('settings without a source image leave it to the template', () => {
  expect(choose('ap-1')).toMatchObject({ ok: true, value: { sourceImage: '' } });
});
