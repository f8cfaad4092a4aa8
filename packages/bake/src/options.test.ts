import { expect, test } from 'vitest';
import { z } from 'zod';
import { readOptions } from './options.ts';
import { explainRefusal } from './refusal.ts';
import { parseRequest } from './request.ts';

const Options = z.strictObject({ size: z.enum(['big', 'small']).optional(), label: z.string().optional() });

function told(options: object, schema: z.ZodObject = Options): string {
  const request = parseRequest({ provider: 'local', region: 'here', options });
  if (!request.ok) throw new Error(explainRefusal(request.no));
  const read = readOptions(schema, request.value);
  return read.ok ? '' : explainRefusal(read.no);
}

test('options that a provider knows are taken', () => expect(told({ size: 'big', label: 'x' })).toBe(''));

test('each option that it does not know is refused by its path, with those that it knows', () => {
  expect(told({ Size: 'big', 'a b': 1 })).toBe(
    'options.Size: is not an option of this provider; options: size, label; options["a b"]: is not an option of this provider; options: size, label',
  );
  expect(told({ size: 'big' }, z.strictObject({}))).toBe(
    'options.size: is not an option of this provider; it has none',
  );
});

test('a value that an option cannot have is refused with what was expected', () => {
  expect(told({ size: 'huge' })).toMatch(/^options\.size: .*"big"\|"small"$/);
});
