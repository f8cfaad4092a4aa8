import { explainRefusal } from '@bakehouse/bake';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClassicBody, PROVIDER_WORDS } from './bake-body.ts';
import { toRequest } from './to-request.ts';

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', ' ', '-1', 0, 7, 1e300, true, null, '__proto__', 'a b', 'true', 'hvm', 'DEB'),
);

const anyBody = fc.record(Object.fromEntries(Object.keys(ClassicBody.shape).map((name) => [name, odd])), {
  requiredKeys: [],
});
const nearlyBody = fc.record(
  {
    cloud_provider_type: fc.oneof(fc.constantFrom(...PROVIDER_WORDS), fc.integer({ min: -1, max: 10 })),
    package: fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('a b_1.0-1_all', '-x', 'https://a.example/b.deb')),
    package_artifacts: fc.array(fc.oneof(fc.record({ name: fc.string(), reference: odd }), odd), { maxLength: 2 }),
    base_os: fc.string({ maxLength: 5 }),
    extended_attributes: fc.dictionary(
      fc.oneof(fc.constantFrom('copy_to', 'share_with', 'a', '__proto__'), fc.string({ maxLength: 4 })),
      odd,
    ),
    build_number: odd,
    commit_hash: odd,
    upgrade: odd,
    vm_type: odd,
  },
  { requiredKeys: [] },
);

const how = fc.record({ region: fc.string({ maxLength: 5 }), defaultProvider: fc.constantFrom('docker', 'aws') });

test('whatever a pipeline sends is a request, or is refused with words', () => {
  fc.assert(
    fc.property(fc.oneof(anyBody, nearlyBody, odd), how, (json, where) => {
      const body = ClassicBody.safeParse(json);
      if (!body.success) return;
      const request = toRequest(body.data, where);
      if (!request.ok) expect(explainRefusal(request.no)).toMatch(/\w/);
    }),
    { numRuns: 1000 },
  );
});

test('what stands beside the members that are known changes nothing', () => {
  fc.assert(
    fc.property(nearlyBody, fc.dictionary(fc.stringMatching(/^x_[a-z]{1,5}$/), odd), (json, more) => {
      const [plain, whole] = [json, { ...more, ...json }].map((each) => ClassicBody.safeParse(each));
      expect(whole?.success).toBe(plain?.success);
      if (plain?.success) expect(whole?.data).toEqual(plain.data);
    }),
  );
});
