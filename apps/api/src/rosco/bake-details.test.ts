import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'), {
    more: `
aws:
  enabled: true
  bakeryDefaults:
    templateFile: local.json
    baseImages:
      - baseImage: { id: noble, packageType: deb }
        virtualizationSettings: [{ region: us-east-1, virtualizationType: hvm, sourceAmi: ami-00000001 }]
`,
  });
  await bakery.startWorker();
});
afterAll(() => bakery.close());

const detailsIn = (region: string, id: string) =>
  bakery.api.inject({ method: 'GET', url: `/api/v1/${region}/bake/${id}` });

async function baked(attributes: object): Promise<{ id: string; name: string }> {
  const payload = { cloud_provider_type: 'aws', base_os: 'noble', build_number: '7', extended_attributes: attributes };
  const { id } = (await bakery.api.inject({ method: 'POST', url: '/api/v1/us-east-1/bake', payload })).json();
  await bakery.reach(id, 'baked');
  return { id, name: (await bakery.queue.find(id))?.recipe.imageName ?? 'none' };
}

test('each region has its own copy in the details, and the list of all', async () => {
  const { id, name } = await baked({ copy_to: 'eu-west-1' });
  const regions = ['eu-west-1', 'us-east-1'];
  const artifact = {
    type: 'aws/image',
    customKind: false,
    name,
    version: null,
    metadata: {},
    artifactAccount: null,
    provenance: null,
    uuid: id,
  };
  const made = `/images/${name}.tar`;
  expect((await detailsIn('us-east-1', id)).json()).toEqual({
    id,
    ami: made,
    image_name: name,
    regions,
    artifact: { ...artifact, location: 'us-east-1', reference: made },
  });
  const copy = `/copies/${name}.tar`;
  expect((await detailsIn('eu-west-1', id)).json()).toEqual({
    id,
    ami: copy,
    image_name: name,
    regions,
    artifact: { ...artifact, location: 'eu-west-1', reference: copy },
  });
});

test('a single region is told in the same way', async () => {
  const { id } = await baked({});
  const details = (await detailsIn('us-east-1', id)).json();
  expect(details).toMatchObject({ regions: ['us-east-1'], artifact: { location: 'us-east-1', metadata: {} } });
  expect(details).not.toHaveProperty('artifacts');
});

test('a region without a copy is told which regions have one', async () => {
  const { id } = await baked({ copy_to: 'eu-west-1', nonce: 2 });
  const refused = await detailsIn('mars-1', id);
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({
    status: 400,
    error: 'Bad Request',
    message: `Unable to retrieve bake details for '${id}'. It has no image in region 'mars-1', but in eu-west-1, us-east-1; ask for one of these.`,
  });
});
