import { expect, test } from 'vitest';
import { readOracleImages } from './artifacts.ts';

const IMAGE = 'ocid1.image.oc1.phx.a';
const read = (text: string, id = IMAGE) =>
  readOracleImages({ builderId: 'packer.oracle.oci', id, text, files: [] }, { region: 'here', imageName: 'nginx' });

test('a name may look like the end of a name', () => {
  const text = `An image was created: 'a' (OCID: b) in region 'c' (OCID: ${IMAGE}) in region 'there'`;
  expect(read(text)).toEqual([
    { type: 'oracle/image', location: 'there', reference: IMAGE, name: "a' (OCID: b) in region 'c" },
  ]);
});

test('a sentence without a name leaves the recipe’s, and one that is none the region that was asked for', () => {
  expect(read(`An image was created: '' (OCID: ${IMAGE}) in region 'there'`)[0]).toMatchObject({
    name: 'nginx',
    location: 'there',
  });
  expect(read('An image')[0]).toMatchObject({ name: 'nginx', location: 'here' });
});

test('an id of something else is no image', () => expect(read('', 'ocid1.instance.oc1.phx.a')).toEqual([]));
