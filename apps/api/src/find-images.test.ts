import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { openImageSearch } from './find-images.ts';
import { openBakery, type TestBakery } from './testing/open-bakery.ts';

const AN_IMAGE = {
  imageName: 'golden/noble-7',
  attributes: { creationDate: '2030-01-01T00:00:00Z', virtualizationType: 'hvm', architecture: 'x86_64' },
  amis: { 'eu-west-1': ['ami-00000007'] },
  accounts: ['test'],
};

/** A search service of a test's own: says what it was asked, and answers as it is told. */
let service: Server;
let baseUrl: string;
let answer: RequestListener;
let asked: IncomingMessage[];

beforeAll(async () => {
  service = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
  answer = say(200, JSON.stringify([AN_IMAGE]));
});
afterAll(async () => {
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
});

const say =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(body);

const QUERY = { provider: 'aws', name: 'golden/noble &7', account: 'test', region: 'eu-west-1' };
const search = (url = baseUrl) => openImageSearch(url, { pauseMs: 5, limitMs: 100 })(QUERY);

describe('a search', () => {
  test('asks for name, account and region, and reads what it knows of the answer', async () => {
    expect(await search(`${baseUrl}/clouds/`)).toEqual([
      {
        imageName: 'golden/noble-7',
        attributes: { creationDate: '2030-01-01T00:00:00Z', virtualizationType: 'hvm' },
        amis: { 'eu-west-1': ['ami-00000007'] },
      },
    ]);
    expect(asked.map(({ method, url }) => [method, url])).toEqual([
      ['GET', '/clouds/aws/images/find?q=golden%2Fnoble+%267&account=test&region=eu-west-1'],
    ]);
  });

  test('that finds nothing is answered', async () => {
    answer = say(200, '[]');
    expect(await search()).toEqual([]);
    expect(asked.length).toBe(1);
  });

  test.each<[string, RequestListener, string]>([
    ['is refused', say(404, '{}'), 'answered with status 404'],
    ['fails', say(500, 'oh'), 'answered with status 500'],
    ['is answered with no JSON', say(200, '<html>'), 'answered with something that is no JSON'],
    ['is answered with something else', say(200, '{"images":[]}'), 'answered with something that is no list of images'],
    ['is answered too late', () => undefined, 'did not answer within 100 ms'],
    [
      'is begun to be answered and never ended',
      (_request, response) => void response.writeHead(200).write('['),
      'did not answer within 100 ms',
    ],
    ['is hung up on', ({ socket }) => void socket.destroy(), 'could not be reached (UND_ERR_SOCKET)'],
  ])('that %s is tried three times, and the last reason is told', async (_how, listener, reason) => {
    answer = listener;
    await expect(search()).rejects.toThrow(
      `the image 'golden/noble &7' (aws, account test, region eu-west-1) cannot be searched for: in 3 tries the image search ${reason}; `,
    );
    expect(asked.length).toBe(3);
  });

  test('that comes through at last is answered', async () => {
    answer = (request, response) => say(asked.length < 3 ? 503 : 200, '[]')(request, response);
    expect(await search()).toEqual([]);
    expect(asked.length).toBe(3);
  });

  test('waits between its tries', async () => {
    const times: number[] = [];
    answer = (request, response) => {
      times.push(performance.now());
      say(500, '')(request, response);
    };
    await expect(openImageSearch(baseUrl, { pauseMs: 60, limitMs: 1000 })(QUERY)).rejects.toThrow();
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.length).toBe(2);
    expect(Math.min(...pauses)).toBeGreaterThan(55);
  });

  test('of nobody says so, whatever the url is', async () => {
    await expect(search('http://127.0.0.1:1')).rejects.toThrow('could not be reached (');
    await expect(search('nowhere')).rejects.toThrow('could not be reached (no usable address)');
  });

  test('sends the user of the url as a header, and tells nobody of it', async () => {
    answer = say(403, '');
    const url = baseUrl.replace('http://', 'http://baker:p%40ss%E2%82%AC@');
    const error = await search(url).catch((thrown: Error) => thrown);
    expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('baker:p@ss€').toString('base64')}`);
    expect(String(error)).toContain('answered with status 403');
    expect(String(error)).not.toContain('p@ss');
    expect(String(error)).not.toContain('p%40ss');
  });
});

describe('a request whose source image is a name', () => {
  let bakery: TestBakery;
  beforeAll(async () => {
    bakery = await openBakery(inject('redisUrl'), {
      findImages: openImageSearch(baseUrl, { pauseMs: 5, limitMs: 100 }),
      more: `
aws:
  enabled: true
  bakeryDefaults:
    templateFile: local.json
    baseImages:
      - baseImage: { id: noble, packageType: deb }
        virtualizationSettings: [{ region: eu-west-1, virtualizationType: hvm, sourceAmi: golden/noble }]
      - baseImage: { id: jammy, packageType: deb }
        virtualizationSettings: [{ region: eu-west-1, virtualizationType: hvm, sourceAmi: ami-00000001 }]
`,
    });
  });
  afterAll(() => bakery.close());

  const native = (url: string, but: object = {}) =>
    bakery.api.inject({
      method: 'POST',
      url,
      payload: { provider: 'aws', region: 'eu-west-1', base: 'noble', packages: ['hello'], ...but },
    });
  const classic = (but: object = {}) =>
    bakery.api.inject({
      method: 'POST',
      url: '/api/v1/eu-west-1/bake',
      payload: { cloud_provider_type: 'aws', base_os: 'noble', package: 'hello', account_name: 'prod', ...but },
    });

  test('is planned and baked with the image that is found', async () => {
    expect((await native('/plan')).json().recipe).toMatchObject({
      sourceImage: 'ami-00000007',
      variables: { aws_source_ami: 'ami-00000007' },
    });
    expect((await native('/bakes')).statusCode).toBe(202);
    const { id } = (await classic({ ami_name: 'mine' })).json();
    expect((await bakery.queue.find(id))?.recipe.sourceImage).toBe('ami-00000007');
    const accounts = asked.map(({ url = '' }) => new URL(url, baseUrl).searchParams.get('account'));
    expect(accounts).toEqual(['test', 'test', 'prod']);
  });

  test.each([
    { what: 'create', method: 'POST', url: '/api/v1/eu-west-1/bake', status: 200 },
    { what: 'plan', method: 'POST', url: '/plan/classic/eu-west-1', status: 200 },
    { what: 'delete', method: 'DELETE', url: '/api/v1/eu-west-1/bake', status: 400 },
  ] as const)('is searched for in the name of whoever asks by a classic $what', async ({ method, url, status }) => {
    const payload = { cloud_provider_type: 'aws', base_os: 'noble', package: method };
    const headers = { 'X-Spinnaker-User': 'ada@team.example', 'x-spinnaker-accounts': 'test,prod', cookie: 'mine' };
    expect((await bakery.api.inject({ method, url, payload, headers })).statusCode).toBe(status);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers).toMatchObject({
      'x-spinnaker-user': 'ada@team.example',
      'x-spinnaker-accounts': 'test,prod',
    });
    expect(asked[0]?.headers).not.toHaveProperty('cookie');
  });

  test('is the only one that anything is asked for', async () => {
    expect((await native('/bakes', { base: 'jammy' })).statusCode).toBe(202);
    expect((await native('/plan', { sourceImage: 'ami-00000002' })).statusCode).toBe(200);
    expect((await native('/plan', { region: 'mars-1' })).statusCode).toBe(400);
    expect((await native('/plan', { base: 'moon' })).statusCode).toBe(400);
    expect((await native('/plan', { provider: 'docker', base: 'trixie' })).statusCode).toBe(200);
    expect(asked).toEqual([]);
  });

  test('is refused where nothing is found, with all that was asked for', async () => {
    answer = say(200, '[]');
    const refused = await native('/bakes');
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({ error: 'no-source-image', issues: [{ path: 'base' }] });
    for (const word of ['noble', 'golden/noble', 'hvm', 'eu-west-1', 'test'])
      expect(refused.json().message).toContain(word);
    expect((await classic()).json()).toMatchObject({ status: 400, message: expect.stringContaining('account prod') });
  });

  test('waits for another day where nobody answers: 503 to both kinds of callers', async () => {
    answer = say(502, '');
    for (const url of ['/bakes', '/plan']) {
      const refused = await native(url);
      expect(refused.statusCode).toBe(503);
      expect(refused.headers['retry-after']).toBe('2');
      expect(refused.json()).toMatchObject({
        error: 'image-search-away',
        message: expect.stringContaining('answered with status 502'),
        issues: [],
      });
    }
    const refused = await classic();
    expect(refused.statusCode).toBe(503);
    expect(refused.json()).toMatchObject({
      status: 503,
      error: 'Service Unavailable',
      message: expect.stringContaining("the image 'golden/noble'"),
    });
    expect(asked.length).toBe(9);
  });
});

describe.each([400, 403, 404, 429])('a search that is refused with %i', (status) => {
  test('is so to a classic caller too, who does not ask again in vain, and 503 to a native one', async () => {
    answer = say(status, '{"error":"no"}');
    const bakery = await openBakery(inject('redisUrl'), {
      findImages: openImageSearch(baseUrl, { pauseMs: 5, limitMs: 1_000 }),
      more: `aws: { enabled: true, bakeryDefaults: { templateFile: local.json, baseImages: [{ baseImage: { id: noble, packageType: deb }, virtualizationSettings: [{ region: eu-west-1, virtualizationType: hvm, sourceAmi: golden/noble }] }] } }`,
    });
    const ask = (url: string, payload: object) => bakery.api.inject({ method: 'POST', url, payload });
    const classic = await ask('/api/v1/eu-west-1/bake', { cloud_provider_type: 'aws', base_os: 'noble' });
    const native = await ask('/bakes', { provider: 'aws', region: 'eu-west-1', base: 'noble' });
    const plan = await ask('/plan/classic/eu-west-1', { cloud_provider_type: 'aws', base_os: 'noble' });
    await bakery.close();
    expect(plan.json()).toMatchObject({ status, code: 'image-search-away', message: classic.json().message });
    expect(classic.statusCode).toBe(status);
    expect(classic.json()).toMatchObject({
      status,
      message: expect.stringContaining(`answered with status ${status}`),
    });
    expect(native.statusCode).toBe(503);
  });
});

test('without a service Packer is told what to search for', async () => {
  const bakery = await openBakery(inject('redisUrl'), {
    more: `aws: { enabled: true, bakeryDefaults: { templateFile: local.json, baseImages: [{ baseImage: { id: noble, packageType: deb }, virtualizationSettings: [{ region: eu-west-1, virtualizationType: hvm, sourceAmi: golden/noble }] }] } }`,
  });
  const payload = { provider: 'aws', region: 'eu-west-1', base: 'noble' };
  const plan = await bakery.api.inject({ method: 'POST', url: '/plan', payload });
  await bakery.close();
  expect(plan.json().recipe).toMatchObject({
    sourceImage: 'golden/noble',
    variables: { aws_source_ami_name: 'golden/noble', aws_source_ami_owners: 'self' },
  });
});
