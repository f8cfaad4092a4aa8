import { expect, test } from 'vitest';
import { excuseInvalid } from './excuse.ts';

const AT = { template: 't.pkr.hcl', packer: { version: '1.6.6' } };

// As Packer 1.6.6 prints them, blank lines left out.
test.each([
  [
    'an HCL2 template, after warnings of variables it does not declare',
    [
      'Warning: Undefined variable',
      'A "local_suite" variable was set but was not found in known variables. To',
      'declare variable "local_suite", place this block in one of your .pkr files, such',
      'as variables.pkr.hcl',
      'Error: Invalid value for variable',
      '  on /s/variables.json line 1:',
      '  (source code not available)',
      "The value for count is not compatible with the variable's type constraint: a",
      'number is required.',
      'Warning: Undefined variable',
      'A "manifestFile" variable was set but was not found in known variables.',
    ],
    "Invalid value for variable: The value for count is not compatible with the variable's type constraint: a number is required.",
  ],
  [
    'a JSON template with a wrong key',
    ['Error: Failed to prepare build: "file"', '1 error occurred:', '\t* unknown configuration key: \'"nope"\''],
    'Failed to prepare build: "file": unknown configuration key: \'"nope"\'',
  ],
  [
    'a template that is no JSON',
    [
      "Failed to parse template: Error parsing JSON: invalid character '}' looking for beginning of object key string",
      'At line 1, column 29 (offset 29):',
      '    1: {"builders":[{"type":"null",}',
      '                                  ^',
    ],
    "Failed to parse template: Error parsing JSON: invalid character '}' looking for beginning of object key string: At line 1, column 29 (offset 29):",
  ],
  [
    'a variable that is missing',
    ['Error: ', '1 error occurred:', '\t* required variable not set: a'],
    'required variable not set: a',
  ],
])('the failure says why Packer refuses %s', (_, lines, why) => {
  const failure = excuseInvalid(lines, AT);
  expect(failure).toMatchObject({ class: 'template', message: `Packer refuses the template or a variable: ${why}` });
  expect(failure.evidence.join('\n')).not.toContain('Warning');
});

test('a Packer that refuses without a word is said to do so', () => {
  expect(excuseInvalid([], AT).message).toContain('it does not say why');
});

test('a template that needs what this Packer has not is no fault of the template: what, which and what to do are said', () => {
  const lines = ['Error: Unsupported block type', 'Blocks of type "required_plugins" are not expected here.'];
  expect(excuseInvalid(lines, AT)).toMatchObject({
    class: 'toolchain',
    message:
      'template t.pkr.hcl needs Packer 1.7 or newer, for its block required_plugins, and this worker has Packer 1.6.6 without it',
    next: expect.stringContaining('edition of the template'),
  });
});
