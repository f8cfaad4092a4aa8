import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Machines } from './machines.ts';
import { ec2Query, textsOf } from './query.ts';

/** What stands behind a gateway. */
export interface Behind {
  /** The address of the cloud that knows of instances and has no machines. */
  cloud: string;
  machines: Machines;
  /** Filled here: of which instance an image was made. */
  origins: Map<string, string>;
}

/** Passes calls on to the cloud, has a machine boot and halt with each instance, and says where it is instead of where the cloud believes it. */
export function gatewayTo(behind: Behind): Server {
  const addresses = new Map<string, string>();
  return createServer((request, response) => {
    passOn(request, { behind, addresses }).then(
      ({ status, xml }) => response.writeHead(status, { 'content-type': 'text/xml' }).end(xml),
      (error: unknown) => response.writeHead(500).end(`the gateway of the fake EC2: ${error}`),
    );
  });
}

interface Gateway {
  behind: Behind;
  /** Of machines, by what the cloud says instead. */
  addresses: Map<string, string>;
}

async function passOn(request: IncomingMessage, gateway: Gateway): Promise<{ status: number; xml: string }> {
  const body = await textOf(request);
  const { authorization = '' } = request.headers;
  const answer = await fetch(gateway.behind.cloud, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  const xml = await answer.text();
  const parameters = new URLSearchParams(body);
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(authorization)?.[1] ?? '';
  if (answer.ok) await EFFECTS[parameters.get('Action') ?? '']?.({ parameters, xml, region }, gateway);
  return { status: answer.status, xml: withRealAddresses(xml, gateway.addresses) };
}

/** A call that the cloud took, and its answer. */
interface Taken {
  parameters: URLSearchParams;
  xml: string;
  region: string;
}

/** What else calls bring about than what the cloud keeps of them. */
const EFFECTS: Record<string, (taken: Taken, gateway: Gateway) => Promise<void>> = {
  RunInstances: async ({ parameters, xml, region }, { behind, addresses }) => {
    const key = { 'KeyName.1': parameters.get('KeyName') ?? '', IncludePublicKey: 'true' };
    const known = await ec2Query(behind.cloud, region, { Action: 'DescribeKeyPairs', ...key });
    const [publicKey = ''] = textsOf(known, 'publicKey');
    for (const id of new Set(textsOf(xml, 'instanceId'))) {
      const address = await behind.machines.boot(id, publicKey);
      const instance = await ec2Query(behind.cloud, region, { Action: 'DescribeInstances', 'InstanceId.1': id });
      for (const said of ['ipAddress', 'privateIpAddress'].flatMap((element) => textsOf(instance, element)))
        addresses.set(said, address);
    }
  },
  StopInstances: haltAsked,
  TerminateInstances: haltAsked,
  CreateImage: async ({ parameters, xml }, { behind }) => {
    for (const image of textsOf(xml, 'imageId')) behind.origins.set(image, parameters.get('InstanceId') ?? '');
  },
};

async function haltAsked({ parameters }: Taken, { behind }: Gateway): Promise<void> {
  const ids = [...parameters].flatMap(([name, id]) => (name.startsWith('InstanceId.') ? [id] : []));
  await Promise.all(ids.map(behind.machines.halt));
}

const withRealAddresses = (xml: string, addresses: ReadonlyMap<string, string>): string =>
  xml.replace(/(?<=<(?:ipAddress|privateIpAddress)>)[^<]+/g, (said) => addresses.get(said) ?? said);

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
