import { expect, test } from 'vitest';
import { requestedPackages } from './requested-packages.ts';

test('packages without a name are not installed, and the first of the others names the image', () => {
  const requested = requestedPackages({ packages: ['_1_all', 'curl', 'vim'] }, 'deb');
  expect(requested).toMatchObject({ ok: true, value: { packages: [{ name: 'curl' }, { name: 'vim' }] } });
  expect(requested.ok && requested.value.first?.name).toBe('curl');
});

test('where no package is asked for, the first package artifact names the image and is not installed', () => {
  const packageArtifacts = [{ name: 'web_1.0_all' }, { name: 'db_2.0_all' }];
  const requested = requestedPackages({ packages: [], packageArtifacts }, 'deb');
  expect(requested).toMatchObject({ ok: true, value: { packages: [], first: { name: 'web' } } });
});

test('a package that cannot be read refuses the request, by its place in it', () => {
  const inList = requestedPackages({ packages: ['curl', 'vim_-'] }, 'deb');
  expect(inList).toMatchObject({ ok: false, no: { field: 'packages[1]', asked: 'vim_-' } });
  const handedOver = requestedPackages({ packages: ['curl'], packageArtifacts: [{ name: 'vim_-' }] }, 'deb');
  expect(handedOver).toMatchObject({ ok: false, no: { field: 'packageArtifacts[0].name', asked: 'vim_-' } });
});
