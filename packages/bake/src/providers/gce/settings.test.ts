import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GceSettings, gceDefaults } from './settings.ts';

const text = fc.constantFrom(undefined, '', 'a', 'b');
const defaults = fc.record({
  templateFile: text,
  zone: text,
  network: text,
  networkProjectId: text,
  subnetwork: text,
  useInternalIp: fc.constantFrom(undefined, true, false),
  baseImages: fc.array(fc.record({ baseImage: fc.record({ id: fc.constantFrom('x', 'y') }) }), { maxLength: 2 }),
});

test('the older section fills every gap of the newer one and changes nothing else; a "no" is no gap, an empty text is', () => {
  fc.assert(
    fc.property(defaults, defaults, (newer, older) => {
      const settings = GceSettings.parse({ bakeryDefaults: newer, gce: { bakeryDefaults: older } });
      const merged = gceDefaults(settings);
      for (const key of ['templateFile', 'zone', 'network', 'networkProjectId', 'subnetwork'] as const)
        expect(merged[key]).toBe(newer[key] ? newer[key] : older[key]);
      expect(merged.useInternalIp).toBe(newer.useInternalIp === undefined ? older.useInternalIp : newer.useInternalIp);
      expect(merged.baseImages.map(({ baseImage }) => baseImage.id)).toEqual(
        [...newer.baseImages, ...older.baseImages].map(({ baseImage }) => baseImage.id),
      );
    }),
  );
});
