import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, create, ends, rawly, standard, startClassicFleet } from '../support/classic.ts';
import type { Fleet } from '../support/fleet.ts';

/** What holds for every classic call, as bytes on a socket. */

let fleet: Fleet;
let id: string;
beforeAll(async () => {
  fleet = await startClassicFleet();
  id = (await create(fleet, {})).id;
  await ends(fleet, id);
}, 60_000);
afterAll(() => fleet.stop(), 60_000);

/** Asks by hand, for what a library would not send. */
async function ask(line: string, headers: readonly string[] = [], body = '') {
  const all = await rawly(
    fleet.url,
    [`${line} HTTP/1.1`, 'Host: bakery', 'Connection: close', ...headers, '', body].join('\r\n'),
  );
  const [head = '', ...rest] = all.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  return {
    status: Number(first.split(' ')[1]),
    headers: lines.map((each) => each.toLowerCase()),
    body: rest.join('\r\n\r\n'),
  };
}

const GETS = () => [
  '/bakeOptions',
  '/bakeOptions/aws',
  '/bakeOptions/aws/baseImages/noble',
  `/api/v1/eu-south-1/status/${id}`,
  `/api/v1/eu-south-1/bake/${id}`,
  `/api/v1/eu-south-1/logs/${id}`,
  '/status/instance',
  '/status/all',
  '/health',
  '/installedPlugins',
];

test('every GET has a trailing slash or none, a tag that spares the second answer, a HEAD, and OPTIONS', async () => {
  for (const path of GETS()) {
    const plain = await call(`${fleet.url}${path}`);
    expect(plain.status, path).toBe(200);
    expect(plain.headers.get('content-type'), path).toBe('application/json');
    expect((await call(`${fleet.url}${path}/`)).text, path).toBe(plain.text);

    const tag = String(plain.headers.get('etag'));
    expect(tag, path).toMatch(/^"[^"]+"$/);
    for (const shown of [tag, `W/${tag}`, `"x", ${tag}`]) {
      const spared = await ask(`GET ${path}`, [`If-None-Match: ${shown}`]);
      expect(spared, path).toMatchObject({ status: 304, body: '' });
      expect(spared.headers, path).toContain(`etag: ${tag}`);
    }
    expect((await ask(`GET ${path}`, ['If-None-Match: *'])).status, path).toBe(200);

    const head = await ask(`HEAD ${path}`);
    expect(head, path).toMatchObject({ status: 200, body: '' });
    expect(head.headers, path).toContain(`content-length: ${Buffer.byteLength(plain.text)}`);

    const options = await ask(`OPTIONS ${path}`, [
      'Origin: https://elsewhere.example',
      'Access-Control-Request-Method: POST',
    ]);
    expect(options, path).toMatchObject({ status: 200, body: '' });
    expect(
      options.headers.find((line) => line.startsWith('allow: ')),
      path,
    ).toMatch(/get, head.*options/);
    expect(options.headers, path).toContain('access-control-allow-origin: *');
  }
});

test.each([
  ['PUT /api/v1/eu-south-1/bake', 'DELETE, POST, OPTIONS'],
  ['GET /api/v1/eu-south-1/bake', 'DELETE, POST, OPTIONS'],
  ['HEAD /api/v1/eu-south-1/bake', 'DELETE, POST, OPTIONS'],
  ['POST /api/v1/eu-south-1/status/x', 'GET, HEAD, OPTIONS'],
  ['DELETE /bakeOptions', 'GET, HEAD, OPTIONS'],
  ['GET /api/v1/bakes/delete-requests', 'POST, OPTIONS'],
  ['GET /api/v2/manifest/bake/HELM3', 'POST, OPTIONS'],
  ['PROPFIND /bakeOptions', 'GET, HEAD, OPTIONS'],
])('%s is 405 with what may be asked instead, and empty', async (line, allow) => {
  const answer = await ask(line);
  expect(answer).toMatchObject({ status: 405, body: '' });
  expect(answer.headers).toContain(`allow: ${allow.toLowerCase()}`);
  if (!line.startsWith('HEAD')) expect(answer.headers).toContain('content-length: 0');
});

test('every error may be read by any page, and its message and error are text', async () => {
  for (const [path, status] of [
    ['/bakeOptions/mars', 400],
    ['/bakeOptions/azure', 404],
    ['/api/v1/x/status/none', 400],
    ['/api/v1/x/nothing', 404],
    ['/api/v1/%zz/status/none', 400],
    ['/status/none', 404],
  ] as const) {
    const answer = await call(`${fleet.url}${path}?trace=true`);
    expect(answer.status, path).toBe(status);
    expect(answer.headers.get('access-control-allow-origin'), path).toBe('*');
    expect(answer.text, path).not.toMatch(/"trace"|\n? +at /);
    if (answer.text === '') continue;
    expect(answer.json['error'], path).toEqual(expect.any(String));
    if ('message' in answer.json) expect(answer.json['message'], path).toEqual(expect.any(String));
  }
});

test.each(['/api/v1/%/status/x', '/api/v1/x/status/%ff', '/bakeOptions/%c3%28'])(
  'the path %s cannot be decoded, and is 400 without a word',
  async (path) => {
    const answer = await ask(`GET ${path}`);
    expect(answer).toMatchObject({ status: 400, body: '' });
    expect(answer.headers).toContain('content-length: 0');
  },
);

describe('a body', () => {
  test('of another type, or larger than there can be, is refused in the standard body', async () => {
    const url = `${fleet.url}/api/v1/eu-south-1/bake`;
    const text = await call(url, { method: 'POST', body: 'a=b', headers: { 'content-type': 'text/plain' } });
    expect(text).toMatchObject({ status: 415, json: standard(415, 'Unsupported Media Type', expect.any(String)) });
    const large = await call(url, { method: 'POST', body: { package: 'x'.repeat(16 * 1024 * 1024) } });
    expect(large).toMatchObject({ status: 413, json: standard(413, 'Payload Too Large', expect.any(String)) });
  });

  test('may come in pieces, with a charset, and with more headers than there should be', async () => {
    const body = '{"base_os":"sarge","cloud_provider_type":"aws"}';
    const pieces = [...body].map((letter) => `1\r\n${letter}\r\n`).join('');
    const answer = await ask(
      'POST /api/v1/eu-south-1/bake?rebake=0&rebake=1',
      [
        'Content-Type: application/json;charset=UTF-8',
        'Transfer-Encoding: chunked',
        'X-SPINNAKER-EXECUTION-ID: one',
        'x-spinnaker-execution-id: two',
        'X-Spinnaker-Accounts: ',
        'Accept: nonsense, ;q=',
        'If-None-Match: "x',
      ],
      `${pieces}0\r\n\r\n`,
    );
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("No virtualization settings found for 'sarge'.");
  });
});

test('a request that is no HTTP is 400, and the server goes on', async () => {
  expect(await rawly(fleet.url, 'BAKE ME A CAKE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect((await call(`${fleet.url}/health`)).status).toBe(200);
});

test('HEAD of a cancel says what a GET would, and cancels nothing', async () => {
  const running = await create(fleet, { attributes: { pause_ms: '60000' } });
  const path = `/api/v1/eu-south-1/cancel/${running.id}`;
  const head = await ask(`HEAD ${path}`);
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers).toContain(`content-length: ${`Canceled bake '${running.id}'.`.length}`);
  expect((await ask(`HEAD /api/v1/eu-south-1/cancel/${id}`)).status).toBe(400);
  expect((await call(`${fleet.url}/api/v1/x/status/${running.id}`)).json).toMatchObject({ state: 'RUNNING' });
  expect((await call(`${fleet.url}${path}`)).status).toBe(200);
  await ends(fleet, running.id);
});

test('a page of another origin neither bakes, deletes nor cancels', async () => {
  const running = await create(fleet, { attributes: { pause_ms: '60000' } });
  const json = ['Content-Type: application/json', 'Content-Length: 2'];
  for (const foreign of [['Origin: https://elsewhere.example'], ['Sec-Fetch-Site: cross-site']]) {
    for (const [line, headers, body] of [
      ['POST /api/v1/eu-south-1/bake', json, '{}'],
      ['DELETE /api/v1/eu-south-1/bake', json, '{}'],
      ['POST /api/v1/bakes/delete-requests', json, '{}'],
      [`GET /api/v1/eu-south-1/cancel/${running.id}`, [], ''],
    ] as const) {
      const answer = await ask(line, [...foreign, ...headers], body);
      expect(answer.status, line).toBe(403);
      expect(JSON.parse(answer.body), line).toEqual(
        standard(403, 'Forbidden', expect.stringContaining('Access is denied')),
      );
    }
  }
  expect((await call(`${fleet.url}/api/v1/x/status/${running.id}`)).json).toMatchObject({ state: 'RUNNING' });
  const own = await ask(`GET /api/v1/eu-south-1/cancel/${running.id}`, ['Origin: http://bakery']);
  expect(own.status).toBe(200);
  await ends(fleet, running.id);
});
