import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  const more = `
azure:
  enabled: true
  accounts: [{ name: north }]
  bakeryDefaults:
    templateFile: local.json
    baseImages: [{ baseImage: { id: noble, packageType: deb, templateFile: local.json, publisher: Canonical } }]
`;
  bakery = await openBakery(inject('redisUrl'), { more });
});
afterAll(() => bakery.close());

const post = (url: string, payload: object) => bakery.api.inject({ method: 'POST', url, payload });

test('what azure knows to be in vain is taken from a classic caller and refused to others, with what to do instead', async () => {
  const classic = { cloud_provider_type: 'azure', base_os: 'noble', base_ami: 'mine', package: 'hello' };
  expect((await post('/api/v1/here/bake', classic)).statusCode).toBe(200);

  const native = { provider: 'azure', region: 'here', base: 'noble', sourceImage: 'mine', packages: ['hello'] };
  for (const url of ['/bakes', '/plan']) {
    const refused = await post(url, native);
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({
      error: 'malformed-request',
      issues: [{ path: 'sourceImage', message: expect.stringContaining('options.customManagedImage') }],
    });
  }
  // Without it the request is the classic one once more.
  expect((await post('/bakes', { ...native, sourceImage: undefined })).statusCode).toBe(200);
});
