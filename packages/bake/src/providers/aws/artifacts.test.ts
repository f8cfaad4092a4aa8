import { expect, test } from 'vitest';
import type { Artifact } from '../../artifact.ts';
import { AWS_NOTICES, imagesThatStay } from './artifacts.ts';

const image = (reference: string): Artifact => ({ type: 'aws/image', location: reference, reference, name: 'n' });
const IMAGES = [image('ami-11111111'), image('ami-22222222')];
const TAKEN = 'Deregistering the AMI and deleting unencrypted temporary AMIs and snapshots';

const left = (notices: string[], target = 'amazon-ebs') => {
  const kept = notices.filter((notice) => AWS_NOTICES.some((pattern) => pattern.test(notice)));
  return imagesThatStay(IMAGES, { target, candidates: [], notices: kept }).map(({ reference }) => reference);
};

test.each([
  ['an older Packer indents', '    amazon-ebs: AMI: ami-11111111'],
  ['a newer Packer announces', '==> amazon-ebs: AMI: ami-11111111'],
  ['Packer copies', '==> amazon-ebs: Copying/Encrypting AMI (ami-11111111) to other regions...'],
])('an image that %s and takes away is gone', (_how, announced) => {
  expect(left([announced, `==> amazon-ebs: ${TAKEN}`])).toEqual(['ami-22222222']);
});

test('an image that is announced and not taken away stays, and so does one that another build takes away', () => {
  expect(left(['    amazon-ebs: AMI: ami-11111111'])).toHaveLength(2);
  expect(left(['==> other: AMI: ami-11111111', `==> other: ${TAKEN}`])).toHaveLength(2);
  expect(left(['==> amazon-ebs: AMI: ami-11111111', `==> amazon-ebs.two: ${TAKEN}`])).toHaveLength(2);
});
