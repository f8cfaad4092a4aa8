import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FoundImage } from '../../image-query.ts';
import { pickImage } from './find-image.ts';

const HERE = { vmType: 'hvm', region: 'here' } as const;
const image = (id: string, creationDate: string | null, virtualizationType = 'hvm'): FoundImage => ({
  imageName: `name of ${id}`,
  attributes: { creationDate, virtualizationType },
  amis: { here: [id] },
});

test('dates are compared as times, however they are written; one that cannot be read is the oldest', () => {
  const found = [
    image('ami-unread', 'yesterday'),
    image('ami-plus', '2024-05-05T12:00:00+02:00'),
    image('ami-zulu', '2024-05-05T11:00:00.000Z'),
    image('ami-none', null),
  ];
  expect(pickImage(found, { ...HERE, mostRecent: true })).toEqual({ ok: true, value: 'ami-zulu' });
});

test('an image of a type nobody knows is of the wrong type', () => {
  expect(
    pickImage([image('ami-1', null, 'paravirtual'), image('ami-2', null)], { ...HERE, mostRecent: false }),
  ).toEqual({ ok: true, value: 'ami-2' });
});

test('the chosen image stays chosen, though it has no id where it is wanted and another has', () => {
  const elsewhere = { ...image('ami-1', '2025-01-01'), amis: { there: ['ami-1'] } };
  const picked = pickImage([elsewhere, image('ami-2', '2024-01-01')], { ...HERE, mostRecent: true });
  expect(picked).toMatchObject({ ok: false, no: expect.stringContaining('name of ami-1') });
});

test('whatever a search brings, an id in the region comes of it or a reason', () => {
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const anything = fc.record({
    imageName: maybe(fc.string()),
    attributes: maybe(
      fc.record({ creationDate: maybe(fc.string()), virtualizationType: fc.constantFrom('hvm', 'pv', '') }),
    ),
    amis: maybe(fc.dictionary(fc.constantFrom('here', 'there'), fc.array(fc.constantFrom('ami-1', 'ami-2')))),
  });
  fc.assert(
    fc.property(fc.array(anything), fc.boolean(), (found, mostRecent) => {
      const picked = pickImage(found, { ...HERE, mostRecent });
      if (!picked.ok) expect(picked.no).not.toBe('');
      else expect(found.flatMap(({ amis }) => amis?.['here']?.[0] ?? [])).toContain(picked.value);
    }),
  );
});
