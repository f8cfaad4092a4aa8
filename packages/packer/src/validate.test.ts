import { expect, test } from 'vitest';
import { runPacker } from './run.ts';
import { packerAt } from './testing/a-recipe.ts';
import { withTemplate } from './testing/kitchen.ts';
import { rememberValid, validate } from './validate.ts';

const HCL = `
variable "count" { type = number }
source "null" "a" { communicator = "none" }
build { sources = ["source.null.a"] }
`;

const realPacker = () => packerAt('packer');

test('a good template is valid', async () => {
  const over = {
    recipe: { template: 'a.pkr.hcl', variables: { count: 7 }, places: {} },
    kitchen: { packer: await realPacker() },
  };
  expect(await withTemplate(HCL, over, validate)).toEqual({ ended: 'valid' });
});

test('a bad variable is found before anything is built, in Packer’s words', async () => {
  const over = {
    recipe: { template: 'a.pkr.hcl', variables: { count: 'many' }, places: {} },
    kitchen: { packer: await realPacker() },
  };
  const found = await withTemplate(HCL, over, validate);
  expect(found).toMatchObject({
    ended: 'invalid',
    errors: expect.arrayContaining([expect.stringContaining('Invalid value for variable')]),
  });
});

test('a build that Packer refuses while preparing is told from one that failed', async () => {
  const packer = await realPacker();
  const over = { recipe: { template: 'a.pkr.hcl', variables: { count: 'many' }, places: {} }, kitchen: { packer } };
  expect(await withTemplate(HCL, over, runPacker)).toMatchObject({ ended: 'exited', refused: true });

  const unknownKey = { builders: [{ type: 'null', communicator: 'none', nonsense: 1 }] };
  expect(await withTemplate(unknownKey, { kitchen: { packer } }, runPacker)).toMatchObject({ refused: true });

  const failing = {
    builders: [{ type: 'null', communicator: 'none' }],
    provisioners: [{ type: 'shell-local', inline: ['exit 3'] }],
  };
  expect(await withTemplate(failing, { kitchen: { packer } }, runPacker)).toMatchObject({
    ended: 'exited',
    refused: false,
  });
});

test('secrets do not come back in what is wrong', async () => {
  const template = { builders: [], validate: { errors: ['bad value hunter22'] } };
  const found = await withTemplate(template, { kitchen: { secrets: ['hunter22'] } }, validate);
  expect(found).toEqual({ ended: 'invalid', errors: ['bad value <sensitive>'] });
});

test('what is secret at a provider, though nobody was told it, does not come back either', async () => {
  const template = { builders: [], validate: { errors: ['no https://store.example/os.vhd?sp=r&sig=abc%2Fdef'] } };
  const found = await withTemplate(template, { recipe: { provider: 'azure' } }, validate);
  expect(found).toEqual({ ended: 'invalid', errors: ['no https://store.example/os.vhd?sp=r&sig=<sensitive>'] });
});

test('what is stopped is neither good nor bad', async () => {
  const found = await withTemplate({ builders: [] }, { kitchen: { signal: AbortSignal.abort() } }, validate);
  expect(found).toEqual({ ended: 'stopped' });
});

test('what was found good is not asked again; other names, and what was bad, are', async () => {
  const remembered = rememberValid({ most: 10 });
  // The same name and digest, so that only the first answer can be the reason for the second.
  const good = { builders: [] };
  const bad = { builders: [], validate: { errors: ['no'] } };
  expect(await withTemplate(good, {}, remembered)).toEqual({ ended: 'valid' });
  expect(await withTemplate(bad, {}, remembered)).toEqual({ ended: 'valid' });
  const others = { recipe: { variables: { more: 'x' } } };
  expect(await withTemplate(bad, others, remembered)).toEqual({ ended: 'invalid', errors: ['no'] });
  expect(await withTemplate(good, others, remembered)).toEqual({ ended: 'valid' });
});

test('what was not used for long is forgotten first', async () => {
  const remembered = rememberValid({ most: 2 });
  const bad = { builders: [], validate: { errors: ['no'] } };
  const named = (name: string) => ({ recipe: { variables: { [name]: 'x' } } });
  for (const name of ['a', 'b', 'a', 'c']) await withTemplate({ builders: [] }, named(name), remembered);
  expect(await withTemplate(bad, named('a'), remembered)).toEqual({ ended: 'valid' });
  expect(await withTemplate(bad, named('b'), remembered)).toEqual({ ended: 'invalid', errors: ['no'] });
});
