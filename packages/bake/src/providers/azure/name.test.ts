import fc from 'fast-check';
import { expect, test } from 'vitest';
import { azureImageName, managedImageName } from './name.ts';

const NOON = new Date('2030-01-01T12:00:00Z');
const word = fc.option(fc.string({ unit: 'binary' }));
const text = fc.string({ unit: 'binary', maxLength: 200 });

test('whatever it is made of, a managed image has a name of at most 75 characters that azure knows', () => {
  fc.assert(
    fc.property(text, word, word, (imageName, buildNumber, baseName) => {
      expect(managedImageName(imageName, { buildNumber, baseName, now: NOON })).toMatch(/^[A-Za-z0-9_.-]{0,75}$/);
    }),
  );
});

test('a short name ends with neither a hyphen nor a dot, and a good one stays as it is', () => {
  const good = fc.stringMatching(/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,60}[A-Za-z0-9_])?$/);
  fc.assert(
    fc.property(good, fc.stringMatching(/^[-.]{0,10}$/), (name, end) => {
      expect(managedImageName(`${name}${end}`, { buildNumber: null, baseName: null, now: NOON })).toBe(name);
    }),
  );
});

test('a name needs a system, and nothing else', () => {
  fc.assert(
    fc.property(fc.record({ baseName: word, baseLabel: word, base: word, osType: word }), (said) => {
      const named = azureImageName({ ...said, first: undefined }, NOON);
      expect(named.ok).toBe(said.base !== null || said.osType !== null);
    }),
  );
});
