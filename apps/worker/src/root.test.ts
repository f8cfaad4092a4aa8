import { type BakeRecipe, BakeRecipe as Recipe } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { rootFor } from './root.ts';

const environment = { PATH: process.env['PATH'] ?? '' };

function aRecipe(but: Partial<BakeRecipe> = {}): BakeRecipe {
  return Recipe.parse({
    provider: 'aws',
    region: 'here',
    base: 'noble',
    sourceImage: 'ami-1',
    imageName: 'hello-1',
    appVersion: null,
    packageType: 'deb',
    template: 'aws-chroot.json',
    varFile: null,
    bundle: 'sha256:0',
    variables: {},
    secrets: {},
    places: {},
    limits: { totalMs: 1, idleMs: 1, graceMs: 1 },
    ...but,
  });
}

test('a recipe that needs no root is nobody’s to allow', async () => {
  expect(await rootFor(aRecipe(), { rootTemplates: [], environment })).toEqual({ ok: true, value: [] });
});

test.each([[[]], [['other.json', 'AWS-chroot.json']]])(
  'a recipe that needs root fails on a worker that lists %j, and says what to do',
  async (rootTemplates) => {
    expect(await rootFor(aRecipe({ needsRoot: true }), { rootTemplates, environment })).toMatchObject({
      ok: false,
      no: {
        class: 'toolchain',
        message: expect.stringContaining('aws-chroot.json'),
        next: expect.stringContaining('BAKEHOUSE_ROOT_TEMPLATES'),
      },
    });
  },
);

test.runIf(process.getuid?.() === 0)('a worker that is root and lists the template needs nothing else', async () => {
  const rules = { rootTemplates: ['aws-chroot.json'], environment };
  expect(await rootFor(aRecipe({ needsRoot: true }), rules)).toEqual({ ok: true, value: [] });
});

test('a worker that cannot be root says why, and what to do', async (context) => {
  if (process.getuid?.() === 0) context.skip('who is root already asks for no way to it');
  const rules = { rootTemplates: ['aws-chroot.json'], environment: { PATH: '/nowhere' } };
  expect(await rootFor(aRecipe({ needsRoot: true }), rules)).toMatchObject({
    ok: false,
    no: { class: 'toolchain', next: expect.stringContaining('sudo') },
  });
});
