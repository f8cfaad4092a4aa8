import { expect, test } from 'vitest';
import { whatIsLacking } from './lacking.ts';

// The lines as Packer prints them; the versions are those that print them so.
test.each([
  [
    '1.6.6',
    [
      'Error: Unsupported block type',
      '  on a.pkr.hcl line 2, in packer:',
      'Blocks of type "required_plugins" are not expected here.',
    ],
    'Packer 1.7 or newer, for its block required_plugins',
  ],
  [
    '1.6.6',
    ['Error: Unknown source type nothere', '  on b.pkr.hcl line 1:', 'known builders: [lxc'],
    'the builder nothere',
  ],
  ['1.6.6', ['Error: Unknown provisioner type "nothere"'], 'the provisioner nothere'],
  ['1.6.6', ['Error: Unknown post-processor type "nothere2"'], 'the post-processor nothere2'],
  [
    '1.6.6, JSON',
    ['Error: Failed to initialize build "nothere"', "error initializing builder 'nothere': Unknown builder nothere"],
    'the builder nothere',
  ],
  ['1.6.6, JSON', ["error initializing provisioner 'nothere': Unknown provisioner nothere"], 'the provisioner nothere'],
  [
    '1.6.6, JSON',
    ['Error: ', 'This template requires Packer version 9.1.0 or higher; using 1.6.6'],
    'Packer 9.1.0 or newer',
  ],
  [
    'all',
    [
      'Error: Unsupported Packer Core version',
      '  on g.pkr.hcl line 1, in packer:',
      '   1: packer { required_version = ">= 9.9.0" }',
    ],
    'another version of Packer (>= 9.9.0)',
  ],
  [
    '1.7',
    ['Error: no plugin installed for github.com/hashicorp/docker >= 1.0.0'],
    'the plugin github.com/hashicorp/docker >= 1.0.0',
  ],
  [
    '1.9.2',
    [
      'Error: Missing plugins',
      'The following plugins are required, but not installed:',
      '* github.com/hashicorp/azure ~> 1',
      'Did you run packer init for this project ?',
    ],
    'the plugin github.com/hashicorp/azure ~> 1',
  ],
  [
    '1.10',
    [
      'Error: Failed to initialize build "virtualbox-iso"',
      'The builder virtualbox-iso is unknown by Packer, and is likely part of a plugin',
    ],
    'the builder virtualbox-iso',
  ],
  ['1.10, JSON', ['error initializing provisioner: provisioner type not found: ansible'], 'the provisioner ansible'],
  ['1.7', ['plugin handshake: protocol version 4 and lower was deprecated'], 'plugins that fit this Packer'],
])('Packer %s: what a template needs and this Packer has not is named', (_, lines, lacking) => {
  expect(whatIsLacking(lines)).toBe(lacking);
});

test.each([
  [['Error: Unsupported block type', 'Blocks of type "provisoner" are not expected here.']],
  [['Error: Unsupported argument', 'An argument named "imag" is not expected here.']],
  [['required variable not set: a']],
  [[]],
])('a template that is wrong itself lacks nothing: %s', (lines) => {
  expect(whatIsLacking(lines)).toBeUndefined();
});
