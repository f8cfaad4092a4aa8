import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCatalogue } from '../../catalogue.ts';
import type { FoundImage } from '../../image-query.ts';
import { type BakePlan, imageQuery, planBake } from '../../plan.ts';
import { explainRefusal } from '../../refusal.ts';
import { parseRequest } from '../../request.ts';
import { BakerySettings } from '../../settings/bakery.ts';
import { explainSettingsProblem } from '../../settings/problem.ts';
import { readSettings } from '../../settings/read-settings.ts';

const TEMPLATES = new Map([['a.json', { path: 'a.json', executable: false, content: '' }]]);
const NOON = new Date('2030-01-01T12:00:00Z');

interface Asked {
  settings: string;
  request?: object;
  found?: readonly FoundImage[];
}

const asking = (but: object = {}) => {
  const request = parseRequest({ provider: 'aws', region: 'eu-west-1', base: 'noble', template: 'a.json', ...but });
  if (!request.ok) throw new Error(explainRefusal(request.no));
  return request.value;
};

function reading(text: string) {
  const settings = readSettings([{ name: 'aws.yml', text }], {});
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  return openCatalogue(settings.value);
}

function planned({ settings, request, found }: Asked): BakePlan | string {
  const plan = planBake(asking(request), { catalogue: reading(settings), templates: TEMPLATES, now: NOON, found });
  return plan.ok ? plan.value : explainRefusal(plan.no);
}

const variablesOf = (asked: Asked) => {
  const plan = planned(asked);
  return typeof plan === 'string' ? plan : plan.recipe.variables;
};

const noble = (virtualization: string, more = '') => `
aws:
  enabled: true
  bakeryDefaults: { baseImages: [{ baseImage: { id: noble, packageType: deb }, virtualizationSettings: [${virtualization}] }] }
${more}`;
const named = noble('{ region: eu-west-1, virtualizationType: hvm, sourceAmi: golden-* }');
const unnamed = (more: string) => noble('{ region: eu-west-1, virtualizationType: hvm }', more);

test('a name is searched for by Packer where nobody else does, among the images of the bakery’s own account', () => {
  expect(variablesOf({ settings: named })).toMatchObject({
    aws_source_ami_name: 'golden-*',
    aws_source_ami_owners: 'self',
    aws_source_ami_virtualization_type: 'hvm',
    aws_source_ami_most_recent: false,
  });
  expect(variablesOf({ settings: named })).not.toHaveProperty('aws_source_ami');
});

test('a name that the caller gives is searched for among the images of the bakery’s own account too', () => {
  const vendors = named.replace('sourceAmi:', 'sourceAmiOwners: [amazon, "099720109477"], sourceAmi:');
  const request = { sourceImage: 'my-name' };
  const owners = (aws_source_ami_owners: string) => ({ aws_source_ami_owners });
  expect(variablesOf({ settings: vendors })).toMatchObject(owners('amazon,099720109477'));
  expect(variablesOf({ settings: vendors, request })).toMatchObject(owners('self,amazon,099720109477'));
  expect(variablesOf({ settings: named, request })).toMatchObject(owners('self'));
});

test('an image that the caller names by variable leaves nothing to search for', () => {
  const variables = variablesOf({ settings: named, request: { variables: { aws_source_ami: 'ami-1' } } });
  expect(variables).toMatchObject({ aws_source_ami: 'ami-1' });
  expect(Object.keys(variables)).not.toContain('aws_source_ami_name');
});

test('the tree of source images is found in any spelling, also where a name has dots', () => {
  const flat = unnamed('aws.base.noble.null.null.eu-west-1: ami-00000001');
  const nested = unnamed('  base: { NOBLE: { "null": { "null": { eu_west_1: ami-00000001 } } } }');
  for (const settings of [flat, nested])
    expect(variablesOf({ settings })).toMatchObject({ aws_source_ami: 'ami-00000001' });
  const dotted = unnamed('aws.base.noble.hvm.release.eu-west-1: ami-00000002').replace('id: noble', 'id: ubuntu.noble');
  const request = { base: 'ubuntu.noble', options: { vmType: 'hvm', baseLabel: 'release' } };
  expect(variablesOf({ settings: dotted.replace('base.noble', 'base.ubuntu.noble'), request })).toMatchObject({
    aws_source_ami: 'ami-00000002',
  });
});

test('an empty place in the tree is no source image, and the refusal names the place', () => {
  const refused = planned({ settings: unnamed('aws.base.noble.null.null.eu-west-1:') });
  expect(refused).toContain('aws.base.noble.null.null.eu-west-1');
  expect(refused).toContain('region eu-west-1');
});

test('settings whose tree holds a list are refused by its place', () => {
  const read = readSettings([{ name: 'aws.yml', text: unnamed('aws.base.noble.hvm.release.eu-west-1: [ami-1]') }], {});
  expect(read.ok ? [] : read.no.map(explainSettingsProblem)).toEqual([expect.stringContaining('aws.base')]);
});

test('a region that has settings for the other vm type only is refused with those that would do', () => {
  const settings = noble(
    '{ region: eu-west-1, virtualizationType: pv }, { region: eu-west-2, virtualizationType: hvm }, { region: eu-west-1 }',
  );
  expect(planned({ settings })).toBe(
    "base 'noble' of aws has no hvm settings for region 'eu-west-1'; regions: eu-west-2; of other types: pv in eu-west-1",
  );
  const request = { region: 'eu-west-2', options: { vmType: 'pv' } };
  expect(planned({ settings: settings.replace('Type: pv', 'Type: hvm'), request })).toBe(
    "base 'noble' of aws has no pv settings for region 'eu-west-2'; regions: none; of other types: hvm in eu-west-1, hvm in eu-west-2",
  );
});

test('nothing is searched for where the request cannot be planned anyway', () => {
  const catalogue = reading(named);
  expect(imageQuery(asking(), catalogue)).toMatchObject({ name: 'golden-*', account: 'test' });
  for (const but of [{ base: 'moon' }, { region: 'mars' }, { options: { moon: 1 } }, { sourceImage: 'ami-1' }])
    expect(imageQuery(asking(but), catalogue)).toBeUndefined();
});

test('one half of the key pair is not sent', () => {
  const secretsWith = (keys: string) => {
    const plan = planned({ settings: named.replace('bakeryDefaults: {', `bakeryDefaults: { ${keys}`) });
    return typeof plan === 'string' ? plan : plan.recipe.secrets;
  };
  expect(secretsWith('awsSecretKey: hush, ')).toEqual({});
  expect(secretsWith('awsAccessKey: AK, awsSecretKey: hush, ')).toEqual({
    aws_access_key: 'aws.bakeryDefaults.awsAccessKey',
    aws_secret_key: 'aws.bakeryDefaults.awsSecretKey',
  });
});

test('two orders have one key if, and only if, Packer is told the same', () => {
  const few = (...words: string[]) => fc.option(fc.constantFrom(...words), { nil: undefined });
  const order = fc.record({
    region: fc.constantFrom('eu-west-1', 'eu-west-2'),
    vmType: fc.constantFrom('hvm', 'pv'),
    ena: fc.boolean(),
    source: fc.constantFrom('ami-1', 'ami-2', 'golden', 'silver'),
    mostRecent: fc.boolean(),
    owners: fc.constantFrom(['self'], ['self', 'amazon']),
    instanceType: few('t3.small', 't3.large'),
    sshUserName: few('ubuntu', 'admin'),
    winRmUserName: few('Administrator'),
    spotPrice: few('0', 'auto'),
    spotPriceAutoProduct: few('Linux/UNIX', 'Windows'),
    awsSubnetId: few('subnet-1', 'subnet-2'),
    awsVpcId: few('vpc-1'),
    awsAssociatePublicIpAddress: fc.option(fc.boolean(), { nil: undefined }),
    hasKeys: fc.boolean(),
  });
  type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

  const keyOf = ({ region, vmType, ena, source, owners, hasKeys, ...said }: Order) => {
    const { awsSubnetId, awsVpcId, awsAssociatePublicIpAddress, ...machine } = said;
    const virtualization = {
      ...machine,
      region,
      virtualizationType: vmType,
      sourceAmi: source,
      sourceAmiOwners: owners,
    };
    const bakeryDefaults = {
      ...{ awsSubnetId, awsVpcId, awsAssociatePublicIpAddress },
      ...(hasKeys && { awsAccessKey: 'a', awsSecretKey: 'b' }),
      baseImages: [{ baseImage: { id: 'noble', packageType: 'deb' }, virtualizationSettings: [virtualization] }],
    };
    const catalogue = openCatalogue({ bakery: BakerySettings.parse({}), sections: { aws: { bakeryDefaults } } });
    const request = asking({ region, options: { vmType, enhancedNetworking: ena } });
    const plan = planBake(request, { catalogue, templates: TEMPLATES, now: NOON });
    return plan.ok ? plan.value.key : explainRefusal(plan.no);
  };
  /** What makes a difference: the type and the search do only for a name, the product only where the price is open. */
  const told = ({ vmType, mostRecent, owners, spotPriceAutoProduct, ...always }: Order) =>
    JSON.stringify([
      Object.entries(always).sort(),
      always.source.startsWith('ami-') ? [] : [vmType, mostRecent, owners],
      always.spotPrice === 'auto' ? (spotPriceAutoProduct ?? null) : null,
    ]);
  // Orders that differ in one member are where a forgotten one would show.
  const pair = fc
    .tuple(
      order,
      order,
      fc.constantFrom(
        'region',
        'vmType',
        'ena',
        'source',
        'mostRecent',
        'owners',
        'instanceType',
        'sshUserName',
        'winRmUserName',
        'spotPrice',
        'spotPriceAutoProduct',
        'awsSubnetId',
        'awsVpcId',
        'awsAssociatePublicIpAddress',
        'hasKeys',
      ),
    )
    .map(([one, other, member]): [Order, Order] => [one, { ...one, [member]: other[member as keyof Order] }]);

  fc.assert(
    fc.property(pair, ([one, other]) => {
      expect(keyOf(one) === keyOf(other)).toBe(told(one) === told(other));
    }),
    { numRuns: 1000 },
  );
});
