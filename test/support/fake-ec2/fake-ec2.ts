import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDisk } from './disks.ts';
import { gatewayTo } from './gateway.ts';
import { machinesOn } from './machines.ts';
import { hasMoto, startMoto } from './moto.ts';
import { ec2Query, textsOf } from './query.ts';

/** A cloud of a test's own on loopback, whose instances are Debian machines that let whoever has their key in. */
export interface FakeEc2 {
  /** Where EC2's calls go. */
  endpoint: string;
  directory: string;
  /** Ids of the images that were made in that region. */
  images: (region: string) => Promise<string[]>;
  tagsOf: (region: string, image: string) => Promise<Record<string, string>>;
  /** The files of the machine an image was made of. */
  disk: (image: string) => string;
  /** What nobody wants to pay for or to leave open there: instances, key pairs, security groups and volumes, a line each. */
  leftovers: (region: string) => Promise<string[]>;
  query: (region: string, parameters: Record<string, string>) => Promise<string>;
  stop: () => Promise<void>;
}

/** Starts one, or says why there can be none here. It takes as long as a Debian takes to be put together. */
export async function startFakeEc2(): Promise<FakeEc2 | { unavailable: string }> {
  if (process.getuid?.() !== 0) return { unavailable: 'machines in roots of their own take root' };
  if (!hasMoto()) return { unavailable: 'moto is not installed; `npm run e2e` does that' };

  const directory = await mkdtemp(path.join(tmpdir(), 'bh-ec2-'));
  try {
    const disk = path.join(directory, 'debian');
    await makeDisk(disk);
    return await openCloud(directory, disk);
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    throw cause;
  }
}

/** Its instances start from a copy of `disk`. */
async function openCloud(directory: string, disk: string): Promise<FakeEc2> {
  const moto = await startMoto(directory);
  const machines = machinesOn(disk, path.join(directory, 'machines'));
  const origins = new Map<string, string>();
  const gateway = gatewayTo({ cloud: moto.url, machines, origins }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const query = (region: string, parameters: Record<string, string>) => ec2Query(moto.url, region, parameters);
  return {
    endpoint: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    directory,
    query,
    images: async (region) => {
      const own = textsOf(await query(region, { Action: 'DescribeImages', 'Owner.1': 'self' }), 'imageId');
      return own.filter((image) => !SHIPPED.test(image));
    },
    tagsOf: async (region, image) => {
      const filter = { 'Filter.1.Name': 'resource-id', 'Filter.1.Value.1': image };
      const xml = await query(region, { Action: 'DescribeTags', ...filter });
      const values = textsOf(xml, 'value');
      return Object.fromEntries(textsOf(xml, 'key').map((key, index) => [key, values[index] ?? '']));
    },
    disk: (image) => machines.disk(origins.get(image) ?? `nothing of ${image}`),
    leftovers: async (region) => (await Promise.all(LEFT.map((look) => look((call) => query(region, call))))).flat(),
    stop: async () => {
      await machines.haltAll();
      gateway.closeAllConnections();
      gateway.close();
      await moto.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The images of images.json. */
const SHIPPED = /^ami-0debea12/;

type Look = (call: (parameters: Record<string, string>) => Promise<string>) => Promise<string[]>;
const LEFT: readonly Look[] = [
  async (call) => {
    const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down'];
    const values = states.map((state, index) => [`Filter.1.Value.${index + 1}`, state]);
    const filter = { 'Filter.1.Name': 'instance-state-name', ...Object.fromEntries(values) };
    return textsOf(await call({ Action: 'DescribeInstances', ...filter }), 'instanceId');
  },
  async (call) => textsOf(await call({ Action: 'DescribeKeyPairs' }), 'keyName'),
  // Every VPC has one of its own, called default.
  async (call) =>
    textsOf(await call({ Action: 'DescribeSecurityGroups' }), 'groupName').filter((name) => name !== 'default'),
  async (call) => textsOf(await call({ Action: 'DescribeVolumes' }), 'volumeId'),
];
