import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appVersionOf, buildOfImage, isAppVersionOf, parseAppVersion } from './app-version.ts';
import { PackageType } from './os-package/package-type.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.stringMatching(/^[a-z.~^/h-]{0,20}$/),
  fc.constantFrom('', '-', '--', 'a-1-h2.c/j/2', '__proto__'),
);
const orNull = fc.option(text, { nil: null });
const aPackage = fc.record({ name: orNull, version: orNull, release: orNull, arch: orNull });
const aBuild = fc.record({ number: text, commit: text, job: text }, { requiredKeys: [] });

test('whatever a package and a build say, an app version is one that image searches read, or none', () => {
  fc.assert(
    fc.property(aPackage, fc.constantFrom(...PackageType.options), aBuild, (first, type, ci) => {
      const made = appVersionOf(first, type, ci);
      if (made !== null) expect(parseAppVersion(made)).not.toBeNull();
    }),
    { numRuns: 500 },
  );
});

test('reading any text throws nothing, and every reader agrees on whether it can be read', () => {
  fc.assert(
    fc.property(orNull, text, (said, other) => {
      const parsed = parseAppVersion(said);
      expect(buildOfImage(said, other) === null).toBe(parsed === null);
      expect(isAppVersionOf(said, parsed?.packageName ?? other)).toBe(parsed !== null);
    }),
    { numRuns: 500 },
  );
});

test('what a package with a build is written as is read back', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
  const number = fc.stringMatching(/^[1-9][0-9]{0,4}$/);
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), number, ([name, version, commit, job], build) => {
      const first = { name, version, release: null, arch: null };
      expect(parseAppVersion(appVersionOf(first, 'deb', { number: build, commit, job }))).toEqual({
        packageName: name,
        version,
        buildNumber: build,
        commit,
        buildJobName: job,
      });
    }),
  );
});

test('a long text is read in no time, whatever it repeats', () => {
  const began = performance.now();
  for (const part of ['-', 'a', 'a-', 'a.', '/', '~^', '-h', '.a/']) parseAppVersion(`${part.repeat(20_000)}!`);
  expect(performance.now() - began).toBeLessThan(2000);
});
