import { Agent, createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { copyOf, openRoom } from './copy.ts';
import { openProxy, type Passage, type Passed } from './proxy.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function upstream(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function proxyTo(target: URL, limit = 1024): Promise<{ proxy: Passage; passed: Passed[] }> {
  const passed: Passed[] = [];
  const proxy = await openProxy({
    upstream: target,
    listen: { host: '127.0.0.1', port: 0 },
    onlooker: () => ({ keep: 'bodies', passed: (each) => void passed.push(each) }),
    copies: { limit, room: openRoom(4096) },
  });
  closing.push(async () => {
    proxy.breakOff();
    await proxy.close();
  });
  return { proxy, passed };
}

interface Got {
  status: number | undefined;
  reason: string | undefined;
  raw: string[];
  body: string;
  trouble?: string | undefined;
}

function call(
  url: string,
  { body, ...options }: { body?: string | Buffer; [option: string]: unknown } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { agent: false, ...options }, (answer: IncomingMessage) => {
      let text = '';
      const got = () => ({
        status: answer.statusCode,
        reason: answer.statusMessage,
        raw: answer.rawHeaders,
        body: text,
      });
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(got()));
      answer.on('error', (error) => resolve({ ...got(), trouble: error.message }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** What upstream has heard, as it came. */
async function echo(): Promise<URL> {
  return upstream(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, rawHeaders } = request;
    response.end(JSON.stringify({ method, url, rawHeaders, body: Buffer.concat(chunks).toString('base64') }));
  });
}

const HOP = ['connection', 'keep-alive', 'transfer-encoding'];
const withoutHop = (raw: readonly string[]): string[] => {
  const pairs = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []));
  return pairs.filter(([name = '']) => !HOP.includes(name.toLowerCase())).flat();
};

test.each([
  ['a GET with a query', { method: 'GET', path: '/api/v1/eu%20x/status/a%2Fb/?q=%7B&&x=;/../.' }],
  ['a POST with a body', { method: 'POST', path: '/x', body: '{"a": 1}' }],
  ['a POST without one', { method: 'POST', path: '/x', headers: ['Content-Length', '0'] }],
  ['a DELETE with a body', { method: 'DELETE', path: '/x', headers: ['Content-Length', '2'], body: '{}' }],
  ['a PATCH in chunks', { method: 'PATCH', path: '/x', headers: ['Transfer-Encoding', 'chunked'], body: 'a\0b' }],
  ['a method that nobody knows here', { method: 'PROPFIND', path: '/' }],
  [
    'headers in their case, order and number',
    {
      method: 'GET',
      path: '/',
      headers: ['X-SPINNAKER-User', 'a', 'x-b', 'ü', 'X-B', 'c', 'Cookie', 'd', 'cookie', 'e', 'Accept', ''],
    },
  ],
])('%s reaches upstream as it would have without the proxy', async (_what, { path, ...options }) => {
  const target = await echo();
  const { proxy } = await proxyTo(target);
  const headers = 'headers' in options ? { headers: ['Host', target.host, ...(options.headers ?? [])] } : {};
  const [direct, through] = await Promise.all(
    [target.origin, proxy.url].map((base) => call(base, { path, ...options, ...headers })),
  );
  const heard = (got: Got | undefined) => {
    const { rawHeaders, ...rest } = JSON.parse(got?.body ?? '');
    const others = withoutHop(rawHeaders);
    const host = others.findIndex((name) => name.toLowerCase() === 'host');
    return { ...rest, host: others.splice(host, 2)[1], headers: others };
  };
  expect(heard(through)).toEqual({ ...heard(direct), host: target.host });
});

test('what belongs to one connection goes no further, in either direction', async () => {
  const target = await upstream((request, response) => {
    response.writeHead(200, ['Connection', 'X-Mine', 'X-Mine', '1', 'X-Yours', '2']);
    response.end(JSON.stringify(request.headers));
  });
  const { proxy } = await proxyTo(target);
  const got = await call(proxy.url, {
    headers: {
      connection: 'close, x-secret-hop',
      'x-secret-hop': '1',
      te: 'trailers',
      'proxy-authorization': 'x',
      'x-kept': '1',
    },
  });
  const heard = JSON.parse(got.body);
  expect(Object.keys(heard).sort()).toEqual(['connection', 'host', 'x-kept']);
  expect(got.raw).toContain('X-Yours');
  expect(got.raw).not.toContain('X-Mine');
});

test.each([
  [
    '200 with headers twice',
    200,
    'Fine',
    ['Set-Cookie', 'a', 'set-cookie', 'b', 'ETag', '"x"', 'Content-Length', '2'],
    'ok',
  ],
  ['304', 304, 'Not Modified', ['ETag', '"x"'], ''],
  ['204', 204, 'No Content', [], ''],
  ['404 with a body', 404, 'Nope', ['Content-Type', 'application/json;charset=UTF-8'], '{"messages":["ü"]}'],
  ['500', 500, 'Internal Server Error', ['Content-Length', '0'], ''],
] as const)('%s comes back as it is', async (...answer) => {
  const [, status, reason, headers, body] = answer;
  const target = await upstream((_request, response) => {
    response.sendDate = false;
    response.writeHead(status, reason, [...headers]);
    response.end(body);
  });
  const { proxy } = await proxyTo(target);
  const got = await call(proxy.url);
  expect({ ...got, raw: withoutHop(got.raw) }).toEqual({ status, reason, raw: [...headers], body });
});

test('HEAD comes back with the length of what it does not carry', async () => {
  const target = await upstream((_request, response) => response.writeHead(200, { 'content-length': '1234' }).end());
  const { proxy } = await proxyTo(target);
  const got = await call(proxy.url, { method: 'HEAD' });
  expect(got).toMatchObject({ status: 200, body: '' });
  expect(got.raw[got.raw.indexOf('content-length') + 1]).toBe('1234');
});

test('an answer arrives piece by piece, as it is said, over a connection that stays', async () => {
  let sayMore = () => {};
  const target = await upstream((_request, response) => {
    response.write('one');
    sayMore = () => response.end('two');
  });
  const { proxy, passed } = await proxyTo(target);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  for (let round = 0; round < 2; round++) {
    await new Promise<void>((resolve, reject) => {
      const outgoing = httpRequest(proxy.url, { agent }, (answer) => {
        answer.once('data', (chunk) => {
          expect(String(chunk)).toBe('one');
          sayMore();
        });
        answer.once('end', resolve);
      });
      outgoing.on('socket', (socket) => sockets.add(socket)).on('error', reject);
      outgoing.end();
    });
  }
  agent.destroy();
  expect(sockets.size).toBe(1);
  await expect.poll(() => passed.map(({ answered }) => String(answered))).toEqual(['onetwo', 'onetwo']);
});

test('bodies of any size go through whole, and only small ones are copied', async () => {
  const target = await upstream((request, response) => request.pipe(response));
  const { proxy, passed } = await proxyTo(target, 1000);
  const large = Buffer.alloc(20 * 1024 * 1024, 'ab');
  const got = await call(proxy.url, { method: 'POST', body: large });
  expect(Buffer.from(got.body).equals(large)).toBe(true);
  await call(proxy.url, { method: 'POST', body: 'small' });
  await expect.poll(() => passed.length).toBe(2);
  expect(passed[0]).toMatchObject({ sent: 'too-large', answered: 'too-large' });
  expect(String(passed[1]?.sent)).toBe('small');
});

test('all copies together hold no more than there is room for', async () => {
  const target = await upstream((request, response) => request.resume().on('end', () => response.end()));
  const { proxy, passed } = await proxyTo(target, 4000);
  for (let count = 0; count < 2; count++) await call(proxy.url, { method: 'POST', body: 'x'.repeat(3000) });
  await expect
    .poll(() => passed.map(({ sent }) => (typeof sent === 'string' ? sent : sent.length)))
    .toEqual([3000, 'no-room']);
  passed[0]?.release();
  await call(proxy.url, { method: 'POST', body: 'x'.repeat(3000) });
  await expect.poll(() => passed[2]?.sent.length).toBe(3000);
});

test('an upstream that is not there is a 502 in the shape of a bakery’s errors, and is there again when it is', async () => {
  const gone = new URL('http://127.0.0.1:1');
  const { proxy, passed } = await proxyTo(gone);
  const got = await call(proxy.url, { method: 'POST', body: 'x'.repeat(500_000), path: '/api/v1/x/bake' });
  expect(got.status).toBe(502);
  expect(JSON.parse(got.body)).toMatchObject({
    status: 502,
    error: 'Bad Gateway',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  await expect.poll(() => passed).toMatchObject([{ end: 'away', status: 502 }]);
});

test('an upstream that breaks off before it answers is a 502, and one that breaks off in the middle is seen to', async () => {
  const target = await upstream((request, response) => {
    if (request.url === '/at-once') return request.socket.destroy();
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => request.socket.destroy(), 50);
    return undefined;
  });
  const { proxy, passed } = await proxyTo(target);
  expect((await call(`${proxy.url}/at-once`)).status).toBe(502);
  const half = await call(`${proxy.url}/half`);
  expect(half).toMatchObject({ status: 200, body: 'half', trouble: 'aborted' });
  await expect.poll(() => passed.map(({ end }) => end)).toEqual(['away', 'away']);
});

test('an upstream that has heard enough is heard before the body is through', async () => {
  const target = await upstream((request, response) => {
    response.writeHead(413, { connection: 'close' }).end('enough');
    setTimeout(() => request.socket.destroy(), 20);
  });
  const { proxy } = await proxyTo(target);
  const got = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\nabc');
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk;
      if (said.includes('enough')) socket.destroy();
    });
    socket.on('close', () => resolve(said));
  });
  expect(got).toMatch(/^HTTP\/1.1 413 /);
});

test.each([
  ['a status that is none', 'HTTP/1.1 042 Odd'],
  ['a reason that cannot be repeated', 'HTTP/1.1 200 O\x01K'],
])('an upstream that answers with %s is a 502, and the next call goes through', async (_what, line) => {
  const target = await upstream((request) => void request.socket.end(`${line}\r\nContent-Length: 0\r\n\r\n`));
  const { proxy, passed } = await proxyTo(target);
  for (let count = 0; count < 2; count++) expect((await call(proxy.url)).status).toBe(502);
  await expect.poll(() => passed.map(({ end }) => end)).toEqual(['away', 'away']);
});

test('what is said after a copy was given back takes no room', () => {
  const stream = new PassThrough();
  const room = openRoom(10);
  const copy = copyOf(stream, { limit: 10, room });
  stream.write('before');
  expect(String(copy.body())).toBe('before');
  copy.release();
  stream.write('after');
  expect(room.take(10)).toBe(true);
});

test('a body keeps its length though its caller says that the length goes no further', async () => {
  const target = await echo();
  const { proxy } = await proxyTo(target);
  const headers = { connection: 'close, content-length, transfer-encoding, host', 'content-length': '2' };
  const got = await call(proxy.url, { method: 'DELETE', headers, body: '{}' });
  expect(JSON.parse(got.body)).toMatchObject({ method: 'DELETE', body: btoa('{}') });
});

test('a caller that leaves takes its call away from upstream too', async () => {
  const left: string[] = [];
  const target = await upstream((request, response) => {
    response.on('close', () => left.push(`${request.method} ${response.writableFinished}`));
  });
  const { proxy, passed } = await proxyTo(target);
  for (const method of ['GET', 'POST']) {
    const outgoing = httpRequest(proxy.url, { method, agent: false, headers: { 'transfer-encoding': 'chunked' } });
    outgoing.on('error', () => {});
    outgoing.write('begun');
    await sleep(100);
    outgoing.destroy();
  }
  await expect.poll(() => left.sort()).toEqual(['GET false', 'POST false']);
  await expect
    .poll(() => passed.map(({ end, status }) => [end, status]))
    .toEqual([
      ['left', 0],
      ['left', 0],
    ]);
});

test('what the proxy adds to a call is a few milliseconds at most', async () => {
  const target = await echo();
  const { proxy } = await proxyTo(target);
  const agent = new Agent({ keepAlive: true });
  const time = async (base: string) => {
    const begun = performance.now();
    await call(base, { method: 'POST', agent, body: '{"package": "hello"}' });
    return performance.now() - begun;
  };
  const [direct, through]: [number[], number[]] = [[], []];
  for (let round = 0; round < 250; round++) {
    direct.push(await time(target.origin));
    through.push(await time(proxy.url));
  }
  agent.destroy();
  const median = (times: number[]) => times.slice(50).sort((one, other) => one - other)[100] ?? 0;
  const added = median(through) - median(direct);
  process.stdout.write(
    `shadow: median ${median(direct).toFixed(2)} ms direct, ${added.toFixed(2)} ms more through the proxy\n`,
  );
  expect(added).toBeLessThan(10);
});
