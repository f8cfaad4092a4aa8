import { expect, test } from 'vitest';
import { executionGroup } from './execution-group.ts';

test.each([
  ['an id as it is', '01JH0000AAAABBBBCCCCDDDDEE', '01JH0000AAAABBBBCCCCDDDDEE'],
  ['an id with a stage behind it', '01JH:bake-1', '01JH'],
  ['an id with more behind it', '01JH:bake:1:', '01JH'],
  ['nothing before the colon', ':bake-1', ''],
  ['nothing', '', ''],
])('the group of %s', (_what, header, group) => {
  expect(executionGroup(header)).toBe(group);
});
