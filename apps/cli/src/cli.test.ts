import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import {
  aBake,
  beginLog,
  type FakeApi,
  type Heard,
  sendJson,
  sseEnd,
  sseLine,
  startFakeApi,
} from './testing/fake-api.ts';

const BIN = fileURLToPath(new URL('../bin/bakehouse.mjs', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

let api: FakeApi | undefined;
afterEach(() => api?.close().catch(() => {}));

function start(argv: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [BIN, ...argv], { env: { ...process.env, ...environment } });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...said }));
  return { child, said, ended };
}

function run(argv: readonly string[], { input = '', environment = {} } = {}): Promise<Ended> {
  const { child, ended } = start(argv, environment);
  child.stdin.end(input);
  return ended;
}

/** An api with one bake, which is as `state` says once its log has been read. */
function oneBake(state: 'baked' | 'failed' | 'cancelled', log: string) {
  let told = false;
  return startFakeApi(({ method, path }, response) => {
    if (method === 'POST') return sendJson(response, 202, aBake('waiting'));
    if (path.includes('/log')) {
      beginLog(response);
      told = true;
      return response.end(log + sseEnd(state));
    }
    return sendJson(response, 200, aBake(told ? state : 'baking'));
  });
}

const ASK = ['--provider', 'local', '--region', 'local', '--base', 'bookworm', '--package', 'hello'];

describe('a bake that is followed', () => {
  test.for([
    ['baked', 0, /sha256:abc[\s\S]*1\.2 kB/],
    ['failed', 1, /no such package[\s\S]*name another/],
    ['cancelled', 4, /no more needed/],
  ] as const)('ends as %s with exit code %i', async ([state, code, said]) => {
    api = await oneBake(state, sseLine(1, 'from \u001b[31mPacker\u001b]0;title\u0007'));
    const ended = await run(['bake', ...ASK, '--follow', '--url', api.url]);
    expect(ended).toMatchObject({ code, stderr: '' });
    expect(ended.stdout).toMatch(said);
    expect(ended.stdout).toContain('\nfrom Packer\n');
    expect(ended.stdout).not.toContain('\u001b');
  });

  test('is JSON lines and nothing else with --json', async () => {
    api = await oneBake('baked', sseLine(1) + sseLine(2));
    const { code, stdout } = await run(['--json', 'bake', ...ASK, '-f'], { environment: { BAKEHOUSE_URL: api.url } });
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(documents[0]).toMatchObject({ id: 'bake-1', state: 'waiting' });
    expect(documents).toContainEqual({ line: { number: 2, text: 'line 2' } });
    // What the api adds to a record is handed on.
    expect(documents.at(-1)).toMatchObject({ state: 'baked', links: { self: '/bakes/bake-1' } });
  });

  test('goes on without us after Ctrl-C, which is said', async () => {
    api = await startFakeApi(({ method, path }, response) => {
      if (method === 'POST') return sendJson(response, 202, aBake('waiting'));
      if (!path.includes('/log')) return sendJson(response, 200, aBake('baking'));
      beginLog(response);
      response.write(sseLine(1, 'begun'));
    });
    const { child, said, ended } = start(['bake', ...ASK, '-f', '--url', api.url]);
    await expect.poll(() => said.stdout, { timeout: 15_000 }).toContain('begun');
    // npm passes on what the terminal has given us already.
    child.kill('SIGINT');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('bakehouse cancel bake-1');
    expect(api.heard.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });
});

describe('what goes wrong', () => {
  test('a refused request names each member', async () => {
    api = await startFakeApi((_, response) =>
      sendJson(response, 400, {
        error: 'malformed-request',
        message: 'base: x',
        issues: [{ path: 'base', message: 'is not offered' }],
      }),
    );
    const { code, stdout, stderr } = await run(['bake', ...ASK, '--url', api.url]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('base: is not offered');
  });

  test('an unknown bake is named', async () => {
    api = await startFakeApi((_, response) =>
      sendJson(response, 404, { error: 'unknown-bake', message: 'no', issues: [] }),
    );
    const { code, stderr } = await run(['status', 'b/../x', '--url', api.url]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no bake b/../x');
    expect(api.heard[0]?.path).toBe('/bakes/b%2F..%2Fx');
  });

  test('an api that is not there is named, with what to do', async () => {
    const { code, stderr } = await run(['ls', '--url', 'http://127.0.0.1:1']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/cannot reach the api at http:\/\/127\.0\.0\.1:1 .*npm start/);
  });

  test('an api without its Redis says when to try again', async () => {
    api = await startFakeApi((_, response) => {
      response.setHeader('retry-after', '2');
      sendJson(response, 503, { error: 'redis-away', message: 'Redis does not answer', issues: [] });
    });
    const { code, stderr } = await run(['workers', '--url', api.url]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/Redis does not answer; try again in 2 s/);
  });

  test('something else that speaks HTTP is not taken for a bakery', async () => {
    api = await startFakeApi((_, response) => response.end('<html>'));
    const { code, stderr } = await run(['workers', '--url', api.url]);
    expect(code).toBe(3);
    expect(stderr).toContain('its answer is not JSON');
  });

  test.for([
    [['lss'], /unknown command/],
    [['status'], /missing required argument/],
    [['bake', '--var', 'x'], /name=value/],
    [['up', '--port', 'x'], /--port \(PORT\)/],
    [['ls', '--url', 'localhost:8087'], /--url localhost:8087: write it as http/],
    [['bake', '--file', '/nowhere/request.json'], /--file \/nowhere\/request\.json: ENOENT/],
  ] as const)('bakehouse %j is wrong usage', async ([argv, said]) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
  });
});

test('flags win over the file, member by member', async () => {
  api = await startFakeApi((_, response) =>
    sendJson(response, 200, aBake('baked', { answeredBy: { because: 'twin', message: 'an equal one' } })),
  );
  const file = JSON.stringify({
    provider: 'docker',
    base: 'bookworm',
    packages: ['a'],
    variables: { one: '1', two: '2' },
  });
  const { code, stdout } = await run(
    [
      'bake',
      '--file',
      '-',
      '--provider',
      'local',
      '--var',
      'two=zwei=2',
      '--var',
      'disks:=[1,{"a":null}]',
      '--label',
      'team=a',
    ].concat([...['--rebake', '--idempotency-key', 'mine', '--url', api.url]]),
    { input: file },
  );
  expect(code).toBe(0);
  expect(stdout).toContain('an equal one');
  const [heard] = api.heard as [Heard];
  expect(heard).toMatchObject({ method: 'POST', path: '/bakes?rebake=1', headers: { 'idempotency-key': 'mine' } });
  expect(heard.body).toEqual({
    provider: 'local',
    base: 'bookworm',
    packages: ['a'],
    variables: { one: '1', two: 'zwei=2', disks: [1, { a: null }] },
    labels: { team: 'a' },
  });
});

test('what CI has built goes along beside what the file says of the build, and the matches are shown', async () => {
  const matches = {
    packages: [
      { asked: 'a', artifact: 'a_1_all.deb', package: 'a_1_all' },
      { asked: 'b', artifact: null, package: 'b' },
    ],
    fromBuild: { job: 'web' },
  };
  api = await startFakeApi((_, response) => sendJson(response, 202, aBake('waiting', { matches })));
  const { stdout } = await run(
    ['bake', '--file', '-', '--artifact', 'a_1_all.deb', '--artifact', 'c.deb', '--allow-missing', '--url', api.url],
    { input: JSON.stringify({ packages: ['a', 'b'], ci: { number: '7' } }) },
  );
  expect(api.heard[0]?.body).toEqual({
    packages: ['a', 'b'],
    allowMissing: true,
    ci: { number: '7', artifacts: ['a_1_all.deb', 'c.deb'] },
  });
  expect(stdout).toContain('match   a: a_1_all.deb\n  match   b: no artifact, taken as it is\n  build   job web\n');
});

test('a list shows bakes in columns and how to see more', async () => {
  api = await startFakeApi((_, response) =>
    sendJson(response, 200, { bakes: [aBake('baked'), aBake('baking')], cursor: 'next' }),
  );
  const { stdout } = await run(['ls', '--state', 'baked', '--limit', '2', '--url', api.url]);
  expect(stdout).toMatch(/^ID +STATE +PROVIDER/);
  expect(stdout).toMatch(/bake-1 +baked +local +hello-all-20260203040506-bookworm +2026-02-03T04:05:06.000Z +4\.0 s\n/);
  expect(stdout).toContain('--cursor next');
  expect(api.heard[0]?.path).toBe('/bakes?state=baked&limit=2');
});

test('a log is printed as text, or as one JSON document', async () => {
  api = await startFakeApi(({ path }, response) =>
    path.includes('/log') ? response.end('one\ntwo\n') : sendJson(response, 200, aBake('baked')),
  );
  const [text, json] = await Promise.all([
    run(['logs', 'bake-1', '--tail', '2', '--url', api.url]),
    run(['logs', 'bake-1', '--json', '--url', api.url]),
  ]);
  expect(text).toEqual({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({ id: 'bake-1', lines: ['one', 'two'] });
});

test('a log that breaks off half-way is the net’s fault, not a bug', async () => {
  api = await startFakeApi((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half a li');
    setTimeout(() => response.destroy(), 50);
  });
  const { code, stdout, stderr } = await run(['logs', 'bake-1', '--url', api.url]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('cannot reach the api');
});

test.each([
  ['an empty id', ['status', ''], 'is empty'],
  ['no lines at all', ['logs', 'bake-1', '--follow', '--tail', '0'], 'at least 1'],
])('%s is refused before anything is asked', async (_what, args, message) => {
  const { code, stderr } = await run([...args, '--url', 'http://127.0.0.1:1']);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

describe('doctor', () => {
  test('finds all that is needed, or says how to mend it and ends with 3', async () => {
    const away = { BAKEHOUSE_URL: 'http://127.0.0.1:1', PORT: '0' };
    const [whole, bare] = await Promise.all([
      run(['doctor', '--json'], { environment: away }),
      run(['doctor', '--json'], {
        environment: { ...away, PATH: '/nowhere', REDIS_URL: 'redis://:secret@127.0.0.1:1' },
      }),
    ]);
    const findings = (ended: Ended) =>
      Object.fromEntries(
        (
          JSON.parse(ended.stdout) as { findings: { name: string; state: string; found: string; mend?: string }[] }
        ).findings.map((finding) => [finding.name, finding]),
      );
    expect(findings(whole)).toMatchObject({
      node: { state: 'ok', found: process.versions.node },
      packer: { state: 'ok', found: expect.stringMatching(/^v\d+\.\d+/) },
      redis: { state: 'ok' },
      temp: { state: 'ok' },
      api: { state: 'note', mend: expect.stringContaining('npm start') },
      port: { state: 'ok' },
    });
    expect(bare.code).toBe(3);
    expect(findings(bare)).toMatchObject({
      packer: { state: 'missing', mend: expect.stringContaining('PACKER_BIN') },
      redis: { state: 'missing', found: expect.stringContaining('ECONNREFUSED') },
      mmdebstrap: { state: 'missing' },
      docker: { state: 'note' },
    });
    expect(bare.stdout).not.toContain('secret');
  });

  test('takes another program that is called packer for none', async () => {
    const { code, stdout } = await run(['doctor'], {
      environment: { PACKER_BIN: '/bin/cat', BAKEHOUSE_URL: 'http://127.0.0.1:1' },
    });
    expect(code).toBe(3);
    expect(stdout).toMatch(/missing +packer +\/bin\/cat is not HashiCorp Packer/);
  });
});
