import { expect, test } from 'vitest';
import type { BakeRequest } from '../../request.ts';
import { chooseOracle } from './choose.ts';
import { OracleSettings } from './settings.ts';

const settings = OracleSettings.parse({
  accounts: [{ name: 'east', region: 'us-phoenix-1' }],
  bakeryDefaults: {
    templateFile: 'oci.json',
    baseImages: [
      { baseImage: { id: 'jammy', packageType: 'deb' }, virtualizationSettings: { baseImageId: 'ocid1.image.a' } },
      { baseImage: { id: 'hollow', packageType: 'deb' } },
    ],
  },
});
const choose = (but: Partial<BakeRequest>, by = settings) =>
  chooseOracle({ provider: 'oracle', region: 'mars-1', base: 'jammy', packages: [], priority: 5, ...but }, by);

test('neither the region nor the source image of a request sets two bakes apart: both make the same image', () => {
  expect(choose({ region: 'venus-1', sourceImage: 'other' })).toEqual(choose({}));
  expect(choose({})).toMatchObject({
    ok: true,
    value: { sourceImage: 'ocid1.image.a', variables: { oracle_region: 'us-phoenix-1' }, distinct: ['east'] },
  });
});

test('an account that is not there is refused before a base image that is not there either', () => {
  expect(choose({ account: 'west', base: 'moon' })).toMatchObject({
    ok: false,
    no: { code: 'unknown-account', asked: 'west', offered: ['east'] },
  });
  expect(choose({}, OracleSettings.parse({}))).toMatchObject({ ok: false, no: { code: 'unknown-account' } });
});

test('a base image whose settings are not there is refused with what to write', () => {
  expect(choose({ base: 'hollow' })).toMatchObject({
    ok: false,
    no: { code: 'unready-base-image', asked: 'hollow', rule: expect.stringContaining('baseImageId') },
  });
});
