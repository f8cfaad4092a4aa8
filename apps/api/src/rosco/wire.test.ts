import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'), { more: 'bakehouse: { allowedOrigins: [https://deck.example] }' });
});
afterAll(() => bakery.close());

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
type Headers = Record<string, string>;

const call = (method: Method, url: string, { headers = {}, payload }: { headers?: Headers; payload?: string } = {}) =>
  bakery.api.inject({ method, url, headers: { host: 'bakery.example', ...headers }, ...(payload ? { payload } : {}) });

const ANYWHERE = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS, DELETE',
  'access-control-max-age': '3600',
  'access-control-allow-headers': 'x-requested-with, content-type',
  'access-control-expose-headers': 'ETag',
};

test.each([
  ['GET', '/bakeOptions', 200],
  ['GET', '/bakeOptions/mars', 400],
  ['GET', '/bakeOptions/oracle', 404],
  ['GET', '/api/v1/here/status/none', 400],
  ['POST', '/api/v1/here/bake', 400],
  ['POST', '/api/v2/manifest/bake/HELM3', 501],
  ['GET', '/status/all', 200],
  ['GET', '/health', 200],
  ['GET', '/installedPlugins', 200],
  ['GET', '/api/v1/here/nothing', 404],
  ['GET', '/api/v3/nothing', 404],
  ['GET', '/resolvedEnv', 404],
  ['PUT', '/api/v1/here/status/none', 405],
  ['OPTIONS', '/api/v1/here/bake', 200],
  ['GET', '/api/v1/%zz/status/none', 400],
] as const)('%s %s may be read by any page, with its %i', async (method, url, status) => {
  const answer = await call(method, url);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers).toMatchObject({ ...ANYWHERE, 'x-request-id': expect.any(String) });
});

test('our own calls are not for pages elsewhere to read', async () => {
  expect((await call('GET', '/catalogue')).headers).not.toHaveProperty('access-control-allow-origin');
  expect((await call('OPTIONS', '/bakes')).headers).not.toHaveProperty('access-control-allow-origin');
});

describe('a tag', () => {
  const tagOf = async (url: string) => String((await call('GET', url)).headers['etag']);

  test('is of the content: the same for the same answer, another for another', async () => {
    expect(await tagOf('/bakeOptions')).toMatch(/^"[0-9a-f]{32}"$/);
    expect(await tagOf('/bakeOptions')).toBe(await tagOf('/bakeOptions'));
    expect(await tagOf('/bakeOptions/docker')).not.toBe(await tagOf('/bakeOptions'));
  });

  test.each([
    ['itself', (tag: string) => tag],
    ['its weak form', (tag: string) => `W/${tag}`],
    ['a list with it', (tag: string) => `"other", W/"more" ,${tag}`],
  ])('that the caller shows as %s is answered with 304 and nothing else', async (_what, show) => {
    const tag = await tagOf('/bakeOptions');
    const again = await call('GET', '/bakeOptions', { headers: { 'if-none-match': show(tag) } });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
    expect(again.headers).toMatchObject({ etag: tag, ...ANYWHERE });
    expect(again.headers).not.toHaveProperty('content-type');
  });

  test.each(['"other"', '*', 'unquoted', '', 'W/'])('that is not among %s changes nothing', async (shown) => {
    const again = await call('GET', '/bakeOptions', { headers: { 'if-none-match': shown } });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toHaveLength(2);
  });

  test('is not on an error', async () => {
    expect((await call('GET', '/bakeOptions/oracle')).headers).not.toHaveProperty('etag');
  });
});

test.each(['/bakeOptions', '/bakeOptions/docker/', '/health', '/status/instance', '/installedPlugins'])(
  'HEAD %s has the headers of the answer, and no body',
  async (url) => {
    const [whole, head] = [await call('GET', url), await call('HEAD', url)];
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe('');
    for (const name of ['content-length', 'content-type', 'etag'])
      expect(head.headers[name], name).toBe(whole.headers[name]);
  },
);

test.each([
  ['/bakeOptions', 'GET, HEAD, OPTIONS'],
  ['/bakeOptions/docker/baseImages/trixie/', 'GET, HEAD, OPTIONS'],
  ['/api/v1/here/logs/image/x', 'GET, HEAD, OPTIONS'],
  ['/api/v1/here/cancel/x', 'GET, HEAD, OPTIONS'],
  ['/api/v2/manifest/bake/CF', 'POST, OPTIONS'],
  ['/status/all', 'DELETE, GET, HEAD, PATCH, POST, PUT, OPTIONS'],
  ['/health', 'GET, HEAD, OPTIONS'],
])('OPTIONS %s is answered with nothing but what may be asked there', async (url, allow) => {
  const answer = await call('OPTIONS', url, { headers: { origin: 'https://elsewhere.example' } });
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toBe('');
  expect(answer.headers['allow']).toBe(allow);
});

test('OPTIONS of a path that nobody serves is 404', async () => {
  expect((await call('OPTIONS', '/api/v1/here/nothing')).statusCode).toBe(404);
});

test.each(['text/plain', 'application/json', 'nonsense'])(
  'a wrong method is told so whatever body of type %s it brings',
  async (type) => {
    const answer = await call('PUT', '/bakeOptions', { headers: { 'content-type': type }, payload: '{' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET, HEAD, OPTIONS');
    expect(answer.body).toBe('');
  },
);

const JSON_BODY = { 'content-type': 'application/json' };
const STANDARD = { timestamp: expect.stringMatching(/^\d{4}-.*\+00:00$/), message: expect.stringMatching(/.{10}/) };

test('a body that is too large, of the wrong type or asked with a trace has the standard error body and no stack', async () => {
  const large = `"${'x'.repeat(16 * 1024 * 1024)}"`;
  const tooLarge = await call('POST', '/api/v1/here/bake?trace=true', { headers: JSON_BODY, payload: large });
  expect(tooLarge.json()).toEqual({ ...STANDARD, status: 413, error: 'Payload Too Large' });
  const text = await call('POST', '/api/v1/here/bake', { headers: { 'content-type': 'text/plain' }, payload: 'a' });
  expect(text.json()).toEqual({ ...STANDARD, status: 415, error: 'Unsupported Media Type' });
  const traced = await call('GET', '/api/v1/here/status/none?trace=true');
  expect(traced.json()).toEqual({ ...STANDARD, status: 400, error: 'Bad Request' });
  for (const answer of [tooLarge, text, traced]) expect(answer.headers['content-type']).toBe('application/json');
});

test.each([
  ['a path that cannot be decoded', 'GET', '/api/v1/here/status/%E0%A4%A', ''],
  ['a body that is no JSON', 'POST', '/api/v1/here/bake', '{"package":'],
  ['a list', 'POST', '/api/v1/here/bake', '[]'],
  ['no body', 'POST', '/api/v1/here/bake', ''],
  ['null', 'POST', '/api/v1/here/bake', 'null'],
] as const)('%s is 400 with an empty body', async (...[, method, url, payload]) => {
  const answer = await call(method, url, payload ? { headers: JSON_BODY, payload } : {});
  expect(answer.statusCode).toBe(400);
  expect(answer.body).toBe('');
  expect(answer.headers['content-length']).toBe('0');
  expect(answer.headers).not.toHaveProperty('content-type');
});

test('an id of any length is unknown, not in the wrong place', async () => {
  const id = 'x'.repeat(5000);
  expect((await call('GET', `/api/v1/here/status/${id}`)).json()).toMatchObject({
    status: 400,
    message: `Unable to retrieve status for '${id}'.`,
  });
});

describe('a web page elsewhere', () => {
  const CHANGES = [
    ['POST', '/api/v1/here/bake'],
    ['DELETE', '/api/v1/here/bake'],
    ['POST', '/api/v1/bakes/delete-requests'],
    ['GET', '/api/v1/here/cancel/none'],
    ['POST', '/api/v2/manifest/bake/HELM3'],
  ] as const;
  const FOREIGN: [string, Headers][] = [
    ['an origin that is not ours', { origin: 'https://elsewhere.example' }],
    ['an origin on another port', { origin: 'http://bakery.example:8080' }],
    ['no origin to speak of', { origin: 'null' }],
    ['a cross-site call', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site call', { 'sec-fetch-site': 'same-site', origin: 'https://bakery.example' }],
  ];

  test.each(FOREIGN)('that shows as %s changes nothing', async (_what, headers) => {
    for (const [method, url] of CHANGES) {
      const answer = await call(method, url, { headers });
      expect(answer.statusCode, url).toBe(403);
      expect(answer.json(), url).toMatchObject({ ...STANDARD, status: 403, error: 'Forbidden' });
      expect(answer.json().message, url).toMatch(/^Access is denied.*bakehouse\.allowedOrigins/);
      expect(answer.headers, url).toMatchObject(ANYWHERE);
    }
    expect((await call('GET', '/bakeOptions', { headers })).statusCode).toBe(200);
  });

  test('that writes the path in another way changes nothing either', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    for (const [method, url] of [
      ['GET', '/%61pi/v1/here/cancel/none'],
      ['POST', '/%61pi/v2/manifest/bake/HELM3'],
    ] as const) {
      const answer = await call(method, url, { headers });
      expect(answer.statusCode, url).toBe(403);
      expect(answer.headers, url).toMatchObject(ANYWHERE);
    }
    expect((await call('GET', '/bake%4Fptions')).headers).toMatchObject(ANYWHERE);
  });

  test.each([
    ['https://bakery.example', 'bakery.example:443'],
    ['http://bakery.example', 'BAKERY.example:80'],
    ['http://[::1]:8087', '[0:0:0:0:0:0:0:1]:8087'],
  ])('%s is of our own origin where the host is %s', async (origin, host) => {
    expect((await call('GET', '/api/v1/here/cancel/none', { headers: { origin, host } })).statusCode).toBe(400);
  });

  test.each([
    ['http://bakery.example:443', 'bakery.example:80'],
    ['https://elsewhere.example', ''],
  ])('%s is of another origin where the host is %j', async (origin, host) => {
    expect((await call('GET', '/api/v1/here/cancel/none', { headers: { origin, host } })).statusCode).toBe(403);
  });

  test.each<[string, Headers]>([
    ['says nothing, as no browser does', {}],
    ['is of our own origin', { origin: 'https://bakery.example' }],
    ['is of our own origin behind a proxy', { origin: 'https://proxy.example', 'sec-fetch-site': 'same-origin' }],
    ['was typed in by a person', { 'sec-fetch-site': 'none' }],
    ['is let in by the settings', { origin: 'https://deck.example', 'sec-fetch-site': 'cross-site' }],
  ])('that %s is none', async (_what, headers) => {
    expect((await call('GET', '/api/v1/here/cancel/none', { headers })).statusCode).toBe(400);
    expect((await call('POST', '/api/v1/here/bake', { headers })).statusCode).toBe(400);
  });
});
