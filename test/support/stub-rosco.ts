import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer before it is written; a test may plant another in its place. */
export interface StubAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

interface StubCall {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown> | undefined;
}

/** A program at the edge, for tests: a classic bakery that bakes nothing and answers as the contract says. It shares no code with ours. */
export interface StubRosco {
  url: string;
  /** How often it was called. */
  calls(): number;
  /** Ends a bake; a failed one is CANCELED. */
  finish(id: string, how?: 'good' | 'failed'): void;
  /** Changes the next answer. */
  plant(change: (answer: StubAnswer) => StubAnswer): void;
  close(): Promise<void>;
}

interface StubBake {
  id: string;
  key: string;
  region: string;
  state: 'RUNNING' | 'COMPLETED' | 'CANCELED';
  request: Record<string, unknown>;
  name: string;
  group: string;
}

const BASE_IMAGES: Record<string, Record<string, unknown>[]> = {
  aws: [
    baseImage('noble', { packageType: 'DEB', shortDescription: 'v24.04', detailedDescription: 'Ubuntu 24.04' }),
    baseImage('al2023', { packageType: 'RPM', shortDescription: null, detailedDescription: null }),
  ],
  docker: [baseImage('trixie', { packageType: 'DEB', shortDescription: 'v13', detailedDescription: 'Debian 13' })],
};

const WORDS = ['alicloud', 'aws', 'azure', 'docker', 'gce', 'huaweicloud', 'oracle', 'tencentcloud'];

/** Our settings that offer what this bakery offers. */
export const SAME_SETTINGS = `
defaultCloudProviderType: aws
local: { enabled: false }
docker:
  enabled: true
  bakeryDefaults:
    targetRepository: registry.example/team
    baseImages:
      - baseImage: { id: trixie, shortDescription: v13, detailedDescription: Debian 13, packageType: deb }
        virtualizationSettings: { sourceImage: 'debian:trixie' }
aws:
  enabled: true
  bakeryDefaults:
    templateFile: aws-ebs.json
    defaultVirtualizationType: hvm
    baseImages:
      - baseImage: { id: noble, shortDescription: v24.04, detailedDescription: Ubuntu 24.04, packageType: deb }
        virtualizationSettings:
          - { region: eu-west-1, virtualizationType: hvm, instanceType: t3.small, sourceAmi: ami-0123456789abcdef0, sshUserName: ubuntu }
      - baseImage: { id: al2023, packageType: rpm }
        virtualizationSettings:
          - { region: eu-west-1, virtualizationType: hvm, instanceType: t3.small, sourceAmi: ami-0123456789abcdef1, sshUserName: ec2-user }
`;

export async function startStubRosco(port = 0): Promise<StubRosco> {
  const bakes = new Map<string, StubBake>();
  const holders = new Map<string, string>();
  const planted: ((answer: StubAnswer) => StubAnswer)[] = [];
  let calls = 0;

  const server = createServer(async (request, response) => {
    calls += 1;
    const call = await readCall(request);
    const answer = call === 'malformed' ? { status: 400, body: '' } : answerTo(call, { bakes, holders });
    write(response, planted.shift()?.(answer) ?? answer);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    finish(id, how = 'good') {
      const bake = bakes.get(id);
      if (bake) bake.state = how === 'good' ? 'COMPLETED' : 'CANCELED';
    },
    plant: (change) => void planted.push(change),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Store {
  bakes: Map<string, StubBake>;
  holders: Map<string, string>;
}

async function readCall(request: IncomingMessage): Promise<StubCall | 'malformed'> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://stub');
  try {
    const body = text === '' ? undefined : JSON.parse(text);
    return { method: request.method ?? '', path: pathname.replace(/\/$/, ''), query, headers: request.headers, body };
  } catch {
    return 'malformed';
  }
}

function write(response: ServerResponse, { status, body, headers = {} }: StubAnswer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain;charset=UTF-8' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

const ROUTES: readonly [string, RegExp, (call: StubCall, words: string[], store: Store) => StubAnswer][] = [
  ['GET', /^\/bakeOptions$/, () => ({ status: 200, body: Object.keys(BASE_IMAGES).map(optionsOf) })],
  ['GET', /^\/bakeOptions\/([^/]+)$/, (_call, [provider = '']) => ofProvider(provider, () => optionsOf(provider))],
  [
    'GET',
    /^\/bakeOptions\/([^/]+)\/baseImages\/([^/]+)$/,
    (_call, [provider = '', id = '']) => showImage(provider, id),
  ],
  ['POST', /^\/api\/v1\/([^/]+)\/bake$/, create],
  ['DELETE', /^\/api\/v1\/([^/]+)\/bake$/, remove],
  ['POST', /^\/api\/v1\/bakes\/delete-requests$/, removeAll],
  ['GET', /^\/api\/v1\/([^/]+)\/status\/([^/]+)$/, (_call, [, id = ''], { bakes }) => showStatus(id, bakes.get(id))],
  [
    'GET',
    /^\/api\/v1\/([^/]+)\/bake\/([^/]+)$/,
    (_call, [region = '', id = ''], { bakes }) => details(region, id, bakes),
  ],
  ['GET', /^\/api\/v1\/([^/]+)\/logs\/([^/]+)$/, () => ({ status: 200, body: { logsContent: 'a log\n' } })],
  ['GET', /^\/api\/v1\/([^/]+)\/cancel\/([^/]+)$/, cancel],
  ['GET', /^\/health$/, () => ({ status: 200, body: { status: 'UP' } })],
];

function answerTo(call: StubCall, store: Store): StubAnswer {
  for (const [method, shape, answer] of ROUTES) {
    const found = method === call.method ? shape.exec(call.path) : null;
    if (found) return answer(call, found.slice(1).map(decodeURIComponent), store);
  }
  return failure(404, 'No message available');
}

function create({ body, query, headers }: StubCall, [region = '']: string[], { bakes, holders }: Store): StubAnswer {
  const provider = body && providerIn(body);
  if (!body || provider === undefined) return { status: 400, body: '' };
  if (!BASE_IMAGES[provider]) return failure(400, `Unknown provider type '${provider}'.`);
  const key = keyOf(provider, region, body);
  const standing = bakes.get(holders.get(key) ?? '');
  if (query.get('rebake') !== '1' && standing && standing.state !== 'CANCELED')
    return { status: 200, body: statusOf(standing) };
  if (standing?.state === 'RUNNING') standing.state = 'CANCELED';

  if (!BASE_IMAGES[provider]?.some(({ id }) => id === body['base_os']))
    return failure(400, `No virtualization settings found for '${body['base_os'] ?? 'null'}'.`);
  const execution = headers['x-spinnaker-execution-id'] ?? body['spinnaker_execution_id'];
  if (execution === undefined) return failure(500, 'null');
  const bake = begin(provider, body, { key, region, group: String(execution).replace(/:.*/, '') });
  bakes.set(bake.id, bake);
  holders.set(key, bake.id);
  return { status: 200, body: statusOf(bake) };
}

const begin = (
  provider: string,
  request: Record<string, unknown>,
  place: Pick<StubBake, 'key' | 'region' | 'group'>,
): StubBake => ({
  id: String(request['request_id'] ?? randomUUID()),
  state: 'RUNNING',
  request,
  name: nameOf(provider, request),
  ...place,
});

/** The provider of a body; `undefined` for a body that the classic reader would not take. */
function providerIn(body: Record<string, unknown>): string | undefined {
  const provider = String(body['cloud_provider_type'] ?? 'aws');
  const isText = ['undefined', 'string'].includes(typeof body['package']);
  return !Array.isArray(body) && isText && WORDS.includes(provider) ? provider : undefined;
}

function remove({ body = {} }: StubCall, [region = '']: string[], { bakes, holders }: Store): StubAnswer {
  const key = keyOf(String(body['cloud_provider_type'] ?? 'aws'), region, body);
  const id = holders.get(key);
  if (id === undefined) return failure(400, `Unable to locate bake with key '${key}'.`);
  bakes.delete(id);
  holders.delete(key);
  return { status: 200, body: `Deleted bake '${key}' with id '${id}'.` };
}

function removeAll({ body = {} }: StubCall, _words: string[], { bakes, holders }: Store): StubAnswer {
  const groups = body['pipelineExecutionIds'] as string[];
  for (const { id, key } of [...bakes.values()].filter(({ group }) => groups.includes(group))) {
    bakes.delete(id);
    if (holders.get(key) === id) holders.delete(key);
  }
  return { status: 200, body: '' };
}

function cancel(_call: StubCall, [, id = '']: string[], { bakes, holders }: Store): StubAnswer {
  const bake = bakes.get(id);
  if (bake?.state !== 'RUNNING') return failure(400, `Unable to locate incomplete bake with id '${id}'.`);
  bake.state = 'CANCELED';
  holders.delete(bake.key);
  return { status: 200, body: `Canceled bake '${id}'.` };
}

const showStatus = (id: string, bake: StubBake | undefined): StubAnswer =>
  bake ? { status: 200, body: statusOf(bake) } : failure(400, `Unable to retrieve status for '${id}'.`);

function details(region: string, id: string, bakes: Store['bakes']): StubAnswer {
  const bake = bakes.get(id);
  if (bake?.state !== 'COMPLETED') return failure(400, `Unable to retrieve bake details for '${id}'.`);
  const provider = String(bake.request['cloud_provider_type'] ?? 'aws');
  if (provider === 'aws' && region !== bake.region) return failure(500, 'null');
  const ami = provider === 'aws' ? 'ami-00000000000000abc' : null;
  const imageName = provider === 'aws' ? bake.name : `registry.example/team/${bake.name}:1.0`;
  const metadata = {
    build_info_url: bake.request['build_info_url'] ?? null,
    build_number: bake.request['build_number'] ?? null,
  };
  const artifact = {
    type: `${provider}/image`,
    customKind: false,
    name: bake.name,
    version: null,
    location: bake.region,
    reference: ami ?? imageName,
    metadata: provider === 'aws' ? {} : metadata,
    artifactAccount: null,
    provenance: null,
    uuid: id,
  };
  const regions = provider === 'aws' ? [bake.region] : null;
  const list = provider === 'aws' ? {} : { artifacts: [] };
  return { status: 200, body: { id, ami, image_name: imageName, regions, artifact, ...list } };
}

function keyOf(provider: string, region: string, body: Record<string, unknown>): string {
  const said = [
    provider,
    body['base_os'],
    body['base_ami'],
    body['ami_name'],
    body['template_file_name'],
    body['var_file_name'],
  ];
  const packages = String(body['package'] ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .join('|');
  const network = body['enhanced_networking'] === true ? 'enhancedNWEnabled' : 'enhancedNWDisabled';
  const own = provider === 'aws' ? [`${region}:${body['vm_type'] ?? 'hvm'}:${network}`] : [];
  return ['bake', ...said.filter((word) => word), packages, ...own].join(':');
}

function nameOf(provider: string, body: Record<string, unknown>): string {
  const [first = ''] = String(body['package'] ?? '').split(/\s+/);
  const [name = '', , arch] = first.split('_');
  if (provider === 'docker') return [body['organization'], body['ami_name'] || name].filter((part) => part).join('/');
  return [body['ami_name'] || name, arch || 'all', body['ami_suffix'] || Date.now(), body['base_os']].join('-');
}

const RESULT_OF = { RUNNING: null, COMPLETED: 'SUCCESS', CANCELED: 'FAILURE' };

const statusOf = ({ id, state }: StubBake) => ({ id, state, result: RESULT_OF[state], resource_id: id });

const optionsOf = (cloudProvider: string) => ({ cloudProvider, baseImages: BASE_IMAGES[cloudProvider] });

function ofProvider(provider: string, show: () => unknown): StubAnswer {
  if (!WORDS.includes(provider)) return { status: 400, body: '' };
  return BASE_IMAGES[provider] ? { status: 200, body: show() } : noOptions(`Cloud provider ${provider} not found`);
}

function showImage(provider: string, id: string): StubAnswer {
  const images = BASE_IMAGES[provider];
  const found = images?.find((image) => image['id'] === id);
  if (!images || found) return ofProvider(provider, () => found);
  const known = images.map((image) => image['id']).join(', ');
  return noOptions(`Can't find base image with id ${id} in ${provider} base images: ${known}`);
}

const noOptions = (detail: string): StubAnswer => ({
  status: 404,
  body: { error: 'bake.options.not.found', status: 'NOT_FOUND', messages: [`Bake options not found. ${detail}`] },
});

const failure = (status: number, message: string): StubAnswer => ({
  status,
  body: {
    timestamp: '2030-01-02T03:04:05.678+00:00',
    status,
    error: { 400: 'Bad Request', 404: 'Not Found' }[status] ?? 'Internal Server Error',
    exception: 'java.lang.IllegalArgumentException',
    message,
  },
});

function baseImage(id: string, facts: Record<string, unknown>): Record<string, unknown> {
  return { id, templateFile: null, osType: 'linux', customRepository: null, ...facts };
}
