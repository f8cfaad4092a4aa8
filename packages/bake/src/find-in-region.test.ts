import { expect, test } from 'vitest';
import { findInRegion } from './find-in-region.ts';

const find = (region: string) =>
  findInRegion(
    { provider: 'alicloud', region, base: 'jammy', packages: [], priority: 5 },
    {
      provider: 'alicloud',
      base: 'jammy',
      entries: [
        {
          virtualizationSettings: [
            { region: 'cn-1', say: 'first' },
            { region: 'cn-2', say: 'only' },
          ],
        },
        {
          virtualizationSettings: [
            { say: 'nowhere' },
            { region: 'cn-1', say: 'last' },
            { region: 'cn-1', say: 'later' },
          ],
        },
        { virtualizationSettings: [] },
      ],
    },
  );

test('the last entry that knows the region wins, and there what it says first', () => {
  expect(find('cn-1')).toMatchObject({ ok: true, value: { say: 'last' } });
  expect(find('cn-2')).toMatchObject({ ok: true, value: { say: 'only' } });
});

test('a region that none of them knows is refused with those that are known, each once', () => {
  expect(find('cn-3')).toEqual({
    ok: false,
    no: { code: 'unknown-region', provider: 'alicloud', base: 'jammy', asked: 'cn-3', offered: ['cn-1', 'cn-2'] },
  });
});
