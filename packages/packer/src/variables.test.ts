import type { Variables } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { aRecipe } from './testing/a-recipe.ts';
import { varFileText } from './variables.ts';

const places = {
  'config-dir': '/c',
  'output-dir': '/o',
  'cache-dir': '/k',
  'manifest-file': '/m',
  'artifacts-file': '/a',
};

const variables = { on: true, count: 7, list: ['a', 'b'], map: { a: 1 }, text: 'true', nothing: null };

const written = (
  over: Parameters<typeof aRecipe>[0],
  secrets: Record<string, string> = {},
  { confided = {} }: { confided?: Variables } = {},
): unknown => JSON.parse(varFileText(aRecipe({ places: {}, ...over }), { secrets, confided, places }));

test('a JSON template gets text for everything', () => {
  expect(written({ template: 'a.json', variables })).toEqual({
    on: 'true',
    count: '7',
    list: '["a","b"]',
    map: '{"a":1}',
    text: 'true',
    nothing: '',
  });
});

test.each(['a.pkr.hcl', 'a.pkr.json', 'directory'])('an HCL2 template gets values as they are: %s', (template) => {
  expect(written({ template, variables })).toEqual(variables);
});

test('secrets and places are filled in', () => {
  const recipe = { secrets: { password: 'x.y' }, places: { output_dir: 'output-dir', kept: 'cache-dir' } } as const;
  expect(written(recipe, { 'x.y': 'hunter22' })).toEqual({ password: 'hunter22', output_dir: '/o', kept: '/k' });
});

test('what was confided is filled in like any other value, and nothing that the recipe does not name', () => {
  const confided = { pins: [1, 2], db_password: 'hunter22', stray: 'x' };
  const confidential = ['pins', 'db_password'];
  expect(written({ template: 'a.json', confidential }, {}, { confided })).toEqual({
    pins: '[1,2]',
    db_password: 'hunter22',
  });
  expect(written({ template: 'a.pkr.hcl', confidential }, {}, { confided })).toMatchObject({ pins: [1, 2] });
  expect(() => written({ confidential: ['pin'] }, {}, { confided })).toThrow("variable 'pin' is confidential");
});

test('a secret that is empty on this worker is not written, so that the template’s own default counts', () => {
  const recipe = { secrets: { id: 'x.id', key: 'x.key', blank: 'x.blank' } };
  for (const template of ['a.json', 'a.pkr.hcl'])
    expect(written({ template, ...recipe }, { 'x.id': '', 'x.key': 'k', 'x.blank': ' ' })).toEqual({ key: 'k' });
});

test('a secret that is missing is named', () => {
  expect(() => written({ secrets: { password: 'x.y' } })).toThrow("variable 'password' needs the secret 'x.y'");
});

test('a secret that Packer would run as a template is refused, and not shown', () => {
  const recipe = { template: 'a.json', secrets: { password: 'x.y' } };
  expect(() => written(recipe, { 'x.y': 'a{{env `HOME`}}' })).toThrow(/^secret 'x.y' holds \{\{, [^`]*$/);
  expect(written({ ...recipe, template: 'a.pkr.hcl' }, { 'x.y': '{{' })).toEqual({ password: '{{' });
});
