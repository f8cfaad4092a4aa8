import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type OwnRedis, startOwnRedis } from '../../../test/support/redis-server.ts';
import { openBakery, type TestBakery } from './testing/open-bakery.ts';
import { openSchemaJudge, type SchemaJudge } from './testing/schema-judge.ts';

/** The document against the calls as they are: each answer it promises is brought about, and each is as it says. */

interface Answer {
  description: string;
  content?: Record<string, { schema: unknown }>;
  headers?: Record<string, { schema: unknown }>;
}
interface Document {
  paths: Record<string, Record<string, { tags: string[]; requestBody?: unknown; responses: Record<string, Answer> }>>;
  components: unknown;
}
interface Call {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  payload?: unknown;
}

let bakery: TestBakery;
/** Without a bakery for manifests, and with one. */
let forwarding: TestBakery;
let deaf: TestBakery;
let redis: OwnRedis;
let upstream: Server;
let document: Document;
let judge: SchemaJudge;
let ids: { baked: string; failed: string };
beforeAll(async () => {
  upstream = createServer((request, reply) => {
    request.resume();
    reply.setHeader('content-type', 'application/json').end('{"type":"embedded/base64","name":"n","reference":"e30="}');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  redis = await startOwnRedis();
  [bakery, forwarding, deaf] = await Promise.all([
    openBakery(inject('redisUrl')),
    openBakery(inject('redisUrl'), { more: `manifestBakery: { baseUrl: 'http://127.0.0.1:${port}' }` }),
    openBakery(redis.url, { more: "manifestBakery: { baseUrl: 'http://127.0.0.1:9' }" }),
  ]);
  await redis.stop();
  document = (await bakery.api.inject('/docs/json')).json();
  judge = openSchemaJudge(document);
  await bakery.startWorker();
  ids = { baked: await ended({}, 'baked'), failed: await ended({ end: 'failed' }, 'failed') };
});
afterAll(async () => {
  upstream.close();
  await Promise.all([bakery.close(), forwarding.close(), deaf.close(), judge.close()]);
  await redis.remove();
});

const aBody = (attributes: object = {}) => ({
  cloud_provider_type: 'local',
  base_os: 'bookworm',
  extended_attributes: { nonce: crypto.randomUUID(), ...attributes },
});

async function create(attributes: object): Promise<string> {
  const payload = aBody(attributes);
  return (await bakery.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload })).json().id;
}

async function ended(attributes: object, state: string): Promise<string> {
  const id = await create(attributes);
  await bakery.reach(id, state);
  return id;
}

/** What each call is asked for each of its answers; those that many calls have are asked by rule. */
const ASKED: Readonly<Record<string, Readonly<Record<string, readonly (() => Call | Promise<Call>)[]>>>> = {
  'GET /bakeOptions': { 200: [() => ({ url: '/bakeOptions' })] },
  'GET /bakeOptions/{provider}': {
    200: [() => ({ url: '/bakeOptions/local' })],
    400: [() => ({ url: '/bakeOptions/mars' })],
    404: [() => ({ url: '/bakeOptions/oracle' })],
  },
  'GET /bakeOptions/{provider}/baseImages/{image}': {
    200: [() => ({ url: '/bakeOptions/docker/baseImages/trixie' })],
    400: [() => ({ url: '/bakeOptions/mars/baseImages/trixie' })],
    404: [
      () => ({ url: '/bakeOptions/docker/baseImages/sarge' }),
      () => ({ url: '/bakeOptions/gce/baseImages/sarge' }),
    ],
  },
  'POST /api/v1/{region}/bake': {
    200: [
      () => ({ url: '/api/v1/here/bake', payload: aBody() }),
      () => ({ url: '/api/v1/here/bake/?rebake=1', payload: aBody(), headers: { 'X-SPINNAKER-EXECUTION-ID': 'x:y' } }),
    ],
    400: [
      () => ({ url: '/api/v1/here/bake', payload: { ...aBody(), base_os: 'sarge' } }),
      () => ({ url: '/api/v1/here/bake', payload: { ...aBody(), vm_type: 'pvm' } }),
      () => ({ url: '/api/v1/here/bake', payload: '[' }),
      () => ({ url: '/api/v1/here/bake', payload: { ...aBody(), request_id: 'a b' } }),
    ],
  },
  'DELETE /api/v1/{region}/bake': {
    200: [
      async () => {
        const payload = aBody();
        await bakery.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload });
        return { url: '/api/v1/here/bake', payload };
      },
    ],
    400: [() => ({ url: '/api/v1/here/bake', payload: aBody() }), () => ({ url: '/api/v1/here/bake', payload: [] })],
  },
  'GET /api/v1/{region}/status/{id}': {
    200: [() => ({ url: `/api/v1/here/status/${ids.baked}` }), () => ({ url: `/api/v1/here/status/${ids.failed}` })],
    400: [() => ({ url: '/api/v1/here/status/none' }), () => ({ url: '/api/v1/%/status/none' })],
  },
  'GET /api/v1/{region}/bake/{id}': {
    200: [() => ({ url: `/api/v1/here/bake/${ids.baked}` })],
    400: [() => ({ url: `/api/v1/here/bake/${ids.failed}` })],
  },
  'GET /api/v1/{region}/logs/{id}': {
    200: [() => ({ url: `/api/v1/here/logs/${ids.failed}` })],
    400: [() => ({ url: '/api/v1/%/logs/none' })],
    404: [() => ({ url: '/api/v1/here/logs/none' })],
  },
  'GET /api/v1/{region}/logs/image/{image}': {
    200: [
      async () => {
        const { image_name } = (await bakery.api.inject(`/api/v1/here/bake/${ids.baked}`)).json();
        return { url: `/api/v1/here/logs/image/${image_name}` };
      },
    ],
    400: [() => ({ url: '/api/v1/%/logs/image/none' })],
    404: [() => ({ url: '/api/v1/here/logs/image/none' })],
  },
  'GET /api/v1/{region}/cancel/{id}': {
    200: [
      async () => ({ url: `/api/v1/here/cancel/${await create({ end: 'never' })}` }),
      async () => ({
        url: `/api/v1/here/cancel/${await create({ end: 'never' })}`,
        headers: { accept: 'application/json' },
      }),
    ],
    400: [() => ({ url: `/api/v1/here/cancel/${ids.baked}` })],
  },
  'POST /api/v1/bakes/delete-requests': {
    200: [() => ({ url: '/api/v1/bakes/delete-requests', payload: { pipelineExecutionIds: ['x', 7, null] } })],
    400: [
      () => ({ url: '/api/v1/bakes/delete-requests', payload: { pipelineExecutionIds: null } }),
      () => ({ url: '/api/v1/bakes/delete-requests', payload: [] }),
    ],
  },
  'POST /api/v2/manifest/bake/{type}': {
    200: [() => ({ url: '/api/v2/manifest/bake/HELM3', payload: {} })],
    400: [() => ({ url: '/api/v2/manifest/bake/%', payload: {} })],
    413: [() => ({ url: '/api/v2/manifest/bake/HELM3', headers: { 'content-length': '99999999' }, payload: '' })],
    501: [() => ({ url: '/api/v2/manifest/bake/HELM3', payload: {} })],
    508: [() => ({ url: '/api/v2/manifest/bake/HELM3', payload: {}, headers: { via: '1.1 bakehouse' } })],
  },
  'GET /health': { 200: [() => ({ url: '/health' })] },
  'GET /installedPlugins': { 200: [() => ({ url: '/installedPlugins' })] },
  ...Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
      ['/status/instance', '/status/all'].map((url) => [`${method} ${url}`, { 200: [() => ({ url })] }]),
    ),
  ),
};

/** A good request of a call, if there is one, is what the answers that many calls have are asked with. */
async function byRule(status: string, good: Call): Promise<{ house: TestBakery; call: Call } | undefined> {
  const headers = good.headers ?? {};
  switch (status) {
    case '304': {
      const { etag } = (await ask(bakery, good)).headers;
      return { house: bakery, call: { ...good, headers: { ...headers, 'if-none-match': String(etag) } } };
    }
    case '403':
      return { house: bakery, call: { ...good, headers: { ...headers, 'sec-fetch-site': 'cross-site' } } };
    case '405':
      return { house: bakery, call: { ...good, method: 'PROPFIND' } };
    case '413':
      return { house: bakery, call: { ...good, payload: { package: 'x'.repeat(16 * 1024 * 1024) } } };
    case '415':
      return { house: bakery, call: { ...good, payload: 'a=b', headers: { 'content-type': 'nonsense' } } };
    case '503':
      return { house: deaf, call: good };
    default:
      return undefined;
  }
}

const ask = ({ api }: TestBakery, { method = 'GET', url, headers = {}, payload }: Call) =>
  api.inject({
    method: method as 'GET',
    url,
    headers: payload === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(payload === undefined ? {} : { payload: payload as object }),
  });

type Answered = Awaited<ReturnType<typeof ask>>;

/** Whatever is not as the document says; a body that is left out where one is described is only right for 400. */
async function complaintsOf(answer: Answered, told: Answer): Promise<readonly unknown[]> {
  const headers = Object.entries(told.headers ?? {}).map(async ([name, { schema }]) => {
    const said = answer.headers[name.toLowerCase()];
    if (said === undefined) return [`no ${name}`];
    const isNumber = (schema as { type?: string }).type === 'integer';
    return judge.complaints(schema, isNumber ? Number(said) : said);
  });
  return [...(await Promise.all(headers)).flat(), ...(await complaintsOfBody(answer, told))];
}

async function complaintsOfBody({ statusCode, headers, body }: Answered, { content }: Answer) {
  if (!content) return body === '' ? [] : [`a body where there is none: ${body}`];
  if (statusCode === 400 && body === '') return [];
  const [type = ''] = String(headers['content-type']).split(';');
  const told = content[type];
  if (!told) return [`a body of type ${type}`];
  const isSentence = type === 'application/json' && 'text/plain' in content;
  return judge.complaints(told.schema, type === 'application/json' && !isSentence ? JSON.parse(body) : body);
}

/** Nothing that can be asked for makes the bakery fail; what another bakery answers is tried in `rosco/bake-manifest.test.ts`. */
const UNASKED = ['500', 'default'];

test('every answer that the document promises of a classic call comes, and is as it says', async () => {
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({ name: `${method.toUpperCase()} ${path}`, responses })),
  );
  const classic = calls.filter(({ name }) => name in ASKED);
  expect(classic.map(({ name }) => name).sort()).toEqual(Object.keys(ASKED).sort());
  for (const { name, responses } of classic) {
    const statuses = Object.entries(responses).filter(([status]) => !UNASKED.includes(status));
    for (const [status, told] of statuses) await holds(name, { status, told });
  }
});

async function holds(name: string, { status, told }: { status: string; told: Answer }): Promise<void> {
  const [method = ''] = name.split(' ');
  const questions = await questionsFor(name, status);
  expect(questions.length, `${name} is asked for ${status}`).toBeGreaterThan(0);
  for (const { house, call } of questions) {
    const answer = await ask(house, { method, ...call });
    const shown = `${name} ${status}: ${answer.body.slice(0, 300)}`;
    expect(String(answer.statusCode), shown).toBe(status);
    expect(await complaintsOf(answer, told), shown).toEqual([]);
  }
}

async function questionsFor(name: string, status: string): Promise<{ house: TestBakery; call: Call }[]> {
  const own = ASKED[name]?.[status] ?? [];
  if (own.length > 0)
    return Promise.all(own.map(async (make) => ({ house: houseFor(name, status), call: await make() })));
  const [good] = ASKED[name]?.['200'] ?? [];
  const ruled = good && (await byRule(status, await good()));
  return ruled ? [ruled] : [];
}

const houseFor = (name: string, status: string): TestBakery =>
  name.includes('/manifest/') && status !== '501' ? forwarding : bakery;

test('the document has every call that the server takes, and no other', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const served = routesOf(bakery.api.printRoutes({ commonPrefix: false }));
  expect(served.length).toBeGreaterThan(40);
  const ours = served.filter((call) => !/^(HEAD|OPTIONS) | \/(docs|admin)(\/|\*|$)/.test(call));
  expect(documented.sort()).toEqual([...new Set(ours)].sort());
});

/** The tree that fastify prints, as `METHOD /path` each. */
function routesOf(tree: string): string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, branch = '', part = '', methods = ''] = /^([│├└─ ]*)(\S+) \(([A-Z, ]+)\)/u.exec(line) ?? [];
    if (part === '') return [];
    const depth = branch.length / 4;
    const path = `${depth > 1 ? above[depth - 1] : ''}${part}`;
    above[depth] = path;
    return methods.split(', ').map((method) => `${method} ${path}`);
  });
}

describe('the judge', () => {
  test('complains of what a schema does not allow, references followed', async () => {
    const schema = { $ref: '#/components/schemas/ClassicError' };
    const good = { timestamp: 'now', status: 400, error: 'Bad Request', message: 'no' };
    expect(await judge.complaints(schema, good)).toEqual([]);
    expect(await judge.complaints(schema, { ...good, message: 7 })).toHaveLength(1);
    expect(await judge.complaints(schema, { ...good, more: true })).toHaveLength(1);
  });
});
