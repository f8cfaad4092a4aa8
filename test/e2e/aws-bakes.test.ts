import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EndedBake } from '@bakehouse/bake';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeEc2, startFakeEc2 } from '../support/fake-ec2/fake-ec2.ts';
import { textsOf } from '../support/fake-ec2/query.ts';
import { type Fleet, startFleet, until } from '../support/fleet.ts';
import { whatIsLeftOf } from '../support/what-is-left.ts';
import { ask, cancel, ended, logOf } from './bakes.ts';
import { installed } from './open-image.ts';

const MINUTES = 60_000;
const REGION = 'us-east-1';
/** Why some are left out. */
const SHORT = process.env['E2E_SHORT'] ? 'not in the short form' : '';

let ec2: FakeEc2 | undefined;
let fleet: Fleet | undefined;
let unavailable = '';

beforeAll(async () => {
  const started = await startFakeEc2();
  if ('unavailable' in started) {
    unavailable = started.unavailable;
    return;
  }
  ec2 = started;
  const settings = path.join(ec2.directory, 'settings.yml');
  await writeFile(settings, SETTINGS);
  const shipped = path.resolve(import.meta.dirname, '../../settings/bakehouse.yml');
  fleet = await startFleet({
    environment: {
      BAKEHOUSE_SETTINGS: `${shipped}:${settings}`,
      // No call leaves this machine, and none waits for a cloud that is as quick as this one.
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_POLL_DELAY_SECONDS: '1',
    },
  });
}, 5 * MINUTES);

afterAll(async () => {
  await fleet?.stop();
  await ec2?.stop();
  expect(ec2 ? await whatIsLeftOf(ec2.directory) : []).toEqual([]);
}, 2 * MINUTES);

beforeEach((context) => {
  if (unavailable !== '') context.skip(unavailable);
});

test('an aws bake makes a tagged image of a machine that has the package, and nothing else stays', {
  timeout: 5 * MINUTES,
}, async () => {
  const { fleet, ec2 } = parts();
  const tags = {
    appversion: 'hello-2.10',
    build_host: 'https://ci.example/',
    build_info_url: 'https://ci.example/42/',
  };
  const id = await ask(fleet, hello(ec2, tags));
  const bake = await ended(fleet, id);
  const log = await logOf(fleet, id);
  const image = imageOf(bake, log);
  // Told not to have the adapter, Packer would take it from an image that has it.
  expect(log).not.toContain('Disabling');
  expect(await ec2.images(REGION)).toEqual([image]);
  expect(await hasHello(ec2.disk(image))).toBe(true);
  expect(await ec2.tagsOf(REGION, image)).toEqual(tags);
  expect(await ec2.leftovers(REGION)).toEqual([]);

  const details = await (await fetch(`${fleet.url}/api/v1/${REGION}/bake/${id}`)).json();
  expect(details).toMatchObject({
    id,
    ami: image,
    artifact: { type: 'aws/image', location: REGION, reference: image },
  });
});

test('an aws bake that is cancelled while it provisions leaves no instance, no key pair and no security group', {
  timeout: 5 * MINUTES,
}, async () => {
  const { fleet, ec2 } = parts();
  const images = await ec2.images(REGION);
  const id = await ask(fleet, { ...hello(ec2), packages: ['texlive-full'] });
  await until(async () => (await logOf(fleet, id)).includes('packages: texlive-full'), 'the machine', MINUTES);
  const [instance, keyPair, group] = await ec2.leftovers(REGION);
  expect([instance, keyPair, group]).toEqual([
    expect.stringMatching(/^i-/),
    expect.stringMatching(/^packer_/),
    expect.stringMatching(/^packer_/),
  ]);

  expect(await cancel(fleet, id)).toBeLessThan(300);
  expect(await ended(fleet, id)).toMatchObject({ state: 'cancelled' });
  expect(await ec2.leftovers(REGION)).toEqual([]);
  expect(await ec2.images(REGION)).toEqual(images);
});

test('a package that does not exist fails an aws bake as a package, and leaves nothing', {
  timeout: 5 * MINUTES,
}, async (context) => {
  if (SHORT) context.skip(SHORT);
  const { fleet, ec2 } = parts();
  const bake = await ended(fleet, await ask(fleet, { ...hello(ec2), packages: ['no-such-thing'] }));
  expect(bake).toMatchObject({ state: 'failed', failure: { class: 'package', leftovers: false } });
  expect(await ec2.leftovers(REGION)).toEqual([]);
});

test('a source image that is given by its name is the newest of its vm type, and gets the adapter that is asked for', {
  timeout: 5 * MINUTES,
}, async (context) => {
  if (SHORT) context.skip(SHORT);
  const { fleet, ec2 } = parts();
  const id = await ask(fleet, { ...hello(ec2), base: 'by-name', options: { enhancedNetworking: true } });
  const bake = await ended(fleet, id);
  const log = await logOf(fleet, id);
  expect(log).toContain('Found Image ID: ami-0debea1200000002b');
  expect(log).toContain('Enabling Enhanced Networking (ENA)');
  expect(await hasHello(ec2.disk(imageOf(bake, log)))).toBe(true);
});

test('an image is copied to the regions and shared with the accounts that are named, however few', {
  timeout: 5 * MINUTES,
}, async (context) => {
  if (SHORT) context.skip(SHORT);
  const { fleet, ec2 } = parts();
  const id = await ask(fleet, {
    ...hello(ec2, { copy_to_2: 'eu-west-1', share_with_3: '111122223333', share_with_10: '444455556666' }),
    template: 'aws-multi-ebs.json',
  });
  const bake = await ended(fleet, id);
  expect(bake, await logOf(fleet, id)).toMatchObject({
    state: 'baked',
    artifacts: [{ location: REGION }, { location: 'eu-west-1' }],
  });
  for (const { location, reference } of bake.state === 'baked' ? bake.artifacts : []) {
    expect(await ec2.images(location)).toContain(reference);
    const shared = { Action: 'DescribeImageAttribute', Attribute: 'launchPermission', ImageId: reference };
    expect(textsOf(await ec2.query(location, shared), 'userId')).toEqual(['111122223333', '444455556666']);
    expect(await ec2.leftovers(location)).toEqual([]);
  }
});

/** Set in `beforeAll` whenever a test runs at all. */
function parts(): { fleet: Fleet; ec2: FakeEc2 } {
  if (!fleet || !ec2) throw new Error('the tests of aws run without fleet or EC2');
  return { fleet, ec2 };
}

const hello = ({ endpoint }: FakeEc2, variables: Record<string, string> = {}) => ({
  provider: 'aws',
  region: REGION,
  base: 'by-id',
  packages: ['hello'],
  variables: { aws_endpoint_ec2: endpoint, aws_boot_pause: '1s', ...variables },
});

function imageOf(bake: EndedBake, log: string): string {
  expect(bake, log).toMatchObject({ state: 'baked', artifacts: [{ type: 'aws/image', location: REGION }] });
  return bake.state === 'baked' ? bake.artifacts[0].reference : '';
}

async function hasHello(tree: string): Promise<boolean> {
  const packages = installed(await readFile(path.join(tree, 'var/lib/dpkg/status'), 'utf8'));
  return packages.includes('hello') && existsSync(path.join(tree, 'usr/bin/hello'));
}

const SETTINGS = `
aws:
  enabled: true
  bakeryDefaults:
    awsAccessKey: fake-access-key
    awsSecretKey: fake-secret-key
    baseImages:
      - baseImage: { id: by-id, packageType: deb }
        virtualizationSettings:
          - { region: ${REGION}, virtualizationType: hvm, instanceType: t3.small, sourceAmi: ami-0debea1200000001a, sshUserName: admin, spotPrice: '0' }
      - baseImage: { id: by-name, packageType: deb }
        virtualizationSettings:
          - { region: ${REGION}, virtualizationType: hvm, instanceType: t3.small, sourceAmi: 'debian-12-amd64-*', mostRecent: true, sshUserName: admin }
`;
