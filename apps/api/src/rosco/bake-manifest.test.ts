import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

const PATH = '/api/v2/manifest/bake/HELM3';

interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

let upstream: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
let asked: Asked[] = [];
let bakery: TestBakery;
let bakeryUrl: string;
let url: string;

beforeAll(async () => {
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => request.once('end', resolve));
    const { method, url: path, headers } = request;
    asked.push({ method, url: path, headers, body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  bakeryUrl = `http://ann:s3cret@127.0.0.1:${port}/rosco/`;
  bakery = await openBakery(inject('redisUrl'), { more: `manifestBakery: { baseUrl: "${bakeryUrl}" }` });
  url = await bakery.api.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => {
  asked = [];
});
afterAll(async () => {
  await bakery.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const say = (status: number, body: string, headers: Record<string, string> = {}) => {
  answer = (_request, response) => void response.writeHead(status, headers).end(body);
};

const post = (body: string | ReadableStream, headers: Record<string, string> = {}, query = '') =>
  fetch(`${url}${PATH}${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    duplex: 'half',
  } as RequestInit);

describe('a manifest', () => {
  test('goes to the bakery for manifests as it is, with what it is asked for under', async () => {
    say(200, '{"type":"embedded/base64"}', { 'content-type': 'application/json' });
    const body = JSON.stringify({ outputName: 'lantern', text: 'ü'.repeat(2 * 1024 * 1024) });
    const answered = await post(
      body,
      { 'x-spinnaker-execution-id': '01JH', 'x-spinnaker-user': 'ann', accept: 'application/json', cookie: 'a=b' },
      '?a=b%2Fc',
    );
    expect(answered.status).toBe(200);
    expect(answered.headers.get('content-type')).toBe('application/json');
    expect(answered.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answered.text()).toBe('{"type":"embedded/base64"}');
    expect(asked).toMatchObject([
      {
        method: 'POST',
        url: `/rosco${PATH}?a=b%2Fc`,
        headers: {
          'x-spinnaker-execution-id': '01JH',
          'x-spinnaker-user': 'ann',
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          accept: 'application/json',
          authorization: `Basic ${btoa('ann:s3cret')}`,
        },
      },
    ]);
    expect(asked[0]?.body === body).toBe(true);
    expect(asked[0]?.headers).not.toHaveProperty('cookie');
  });

  test.each([
    ['/api/v2/manifest/bake/%2e%2e?a="<>\\|&b=%zz', '/api/v2/manifest/bake/%2e%2e?a="<>\\|&b=%zz'],
    ['/%61pi/v2/manifest/bake/../', '/%61pi/v2/manifest/bake/../'],
    ['http://elsewhere.example/api/v2/manifest/bake/CF', '/api/v2/manifest/bake/CF'],
  ])('asked for as %s goes to that bakery and no other place', async (target, path) => {
    say(200, '{}');
    const { hostname, port } = new URL(url);
    const status = await new Promise((resolve, reject) => {
      const call = request({ hostname, port, path: target, method: 'POST', agent: false }, (got) => {
        got.resume();
        resolve(got.statusCode);
      });
      call.on('error', reject).end();
    });
    expect(status).toBe(200);
    expect(asked).toMatchObject([{ url: `/rosco${path}`, headers: { host: new URL(bakeryUrl).host } }]);
  });

  test.each([
    [400, '{"message":"Cannot bake manifest with template renderer type: X"}', 'application/json'],
    [404, '{"message":"Status: 404, Method: GET"}', 'application/json;charset=UTF-8'],
    [500, 'Bake failed: no chart', 'text/plain'],
    [302, '', 'text/html'],
  ])('that is answered with %i is, whatever it says', async (status, body, type) => {
    say(status, body, { 'content-type': type });
    const answered = await fetch(`${url}${PATH}`, { method: 'POST', body: '{}', redirect: 'manual' });
    expect(answered.status).toBe(status);
    expect(await answered.text()).toBe(body);
    expect(answered.headers.get('content-type')).toBe(type);
  });

  test('that is refused without a word is refused without a word', async () => {
    say(400, '');
    const answered = await post('{}');
    expect(answered.status).toBe(400);
    expect(answered.headers.has('content-type')).toBe(false);
    expect(await answered.text()).toBe('');
  });

  test('that comes in pieces of no known length is passed on, up to a bound', async () => {
    say(200, 'done');
    const mib = new Uint8Array(1024 * 1024).fill(120);
    const pieces = (count: number) => {
      let left = count;
      return new ReadableStream({
        pull: (controller) => {
          left -= 1;
          if (left < 0) controller.close();
          else controller.enqueue(mib);
        },
      });
    };
    expect((await post(pieces(3))).status).toBe(200);
    expect(asked[0]?.body.length).toBe(3 * 1024 * 1024);
    const refused = await post(pieces(80));
    expect(refused.status).toBe(413);
    expect((await refused.json()) as object).toMatchObject({ status: 413, error: 'Payload Too Large' });
    expect(asked).toHaveLength(1);
  });

  test('whose bakery hangs up is 503, with when to ask again, and nothing of its address', async () => {
    answer = (request) => void request.socket.destroy();
    const answered = await post('{}');
    expect(answered.status).toBe(503);
    expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
    const body = await answered.text();
    expect(JSON.parse(body)).toMatchObject({ status: 503, error: 'Service Unavailable' });
    expect(JSON.parse(body).message).toMatch(/manifestBakery\.baseUrl.*ECONNRESET/);
    expect(body).not.toMatch(/s3cret|127\.0\.0\.1/);
  });

  test('whose bakery breaks off in the middle is broken off, not cut short', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"type":');
      setTimeout(() => response.destroy(), 50);
    };
    const answered = await post('{}');
    await expect(answered.text()).rejects.toThrow();
  });

  test('that its caller no longer waits for is no longer asked for', async () => {
    const ended = new Promise<void>((resolve) => {
      answer = (request) => void request.socket.once('close', () => resolve());
    });
    const caller = new AbortController();
    const asking = fetch(`${url}${PATH}`, { method: 'POST', body: '{}', signal: caller.signal });
    await expect.poll(() => asked.length).toBe(1);
    caller.abort();
    await expect(asking).rejects.toThrow();
    await ended;
  });

  test('that has been here before goes no further', async () => {
    const answered = await post('{}', { via: '1.1 proxy, 1.1 bakehouse' });
    expect(answered.status).toBe(508);
    expect((await answered.json()) as object).toMatchObject({ error: 'Loop Detected', status: 508 });
    expect(asked).toEqual([]);
  });

  test.each(['GET', 'PUT'])('is not asked for with %s', async (method) => {
    const answered = await fetch(`${url}${PATH}`, { method });
    expect(answered.status).toBe(405);
    expect(answered.headers.get('allow')).toBe('POST, OPTIONS');
  });
});

test('without a bakery for manifests each is 501, and says what to do', async () => {
  const alone = await openBakery(inject('redisUrl'));
  for (const type of ['HELM2', 'CF', 'nonsense']) {
    const refused = await alone.api.inject({ method: 'POST', url: `/api/v2/manifest/bake/${type}`, payload: {} });
    expect(refused.statusCode).toBe(501);
    expect(refused.json()).toMatchObject({ status: 501, error: 'Not Implemented' });
    expect(refused.json().message).toContain('manifestBakery.baseUrl');
  }
  await alone.close();
});

test('a bakery for manifests that is not there is 503', async () => {
  const lost = await openBakery(inject('redisUrl'), { more: 'manifestBakery: { baseUrl: "http://127.0.0.1:9" }' });
  const refused = await lost.api.inject({ method: 'POST', url: PATH, payload: {} });
  expect(refused.statusCode).toBe(503);
  expect(refused.json().message).toContain('ECONNREFUSED');
  await lost.close();
});
