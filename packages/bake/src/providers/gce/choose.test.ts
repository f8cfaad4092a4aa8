import { expect, test } from 'vitest';
import { parseRequest } from '../../request.ts';
import { chooseGce } from './choose.ts';
import { GceSettings } from './settings.ts';

test('of two base images with one id the first counts, even where it has no settings and the older section has', () => {
  const baseImage = { id: 'noble', packageType: 'deb', templateFile: 'gce.json' };
  const settings = GceSettings.parse({
    accounts: [{ name: 'lab' }],
    bakeryDefaults: { baseImages: [{ baseImage }] },
    gce: { bakeryDefaults: { baseImages: [{ baseImage, virtualizationSettings: { sourceImage: 'noble-1' } }] } },
  });
  const request = parseRequest({ provider: 'gce', region: 'any', base: 'noble' });
  if (!request.ok) throw new Error('the request is refused');
  expect(chooseGce(request.value, settings)).toMatchObject({
    ok: false,
    no: { code: 'unknown-base-image', offered: [] },
  });
});
