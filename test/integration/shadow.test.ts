import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fleet, freePort, startFleet } from '../support/fleet.ts';
import { SAME_SETTINGS, type StubAnswer, type StubRosco, startStubRosco } from '../support/stub-rosco.ts';

const BIN = path.resolve(import.meta.dirname, '../../apps/cli/bin/bakehouse.mjs');

let directory: string;
let fleet: Fleet;
let stub: StubRosco;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'bh-shadow-'));
  await writeFile(path.join(directory, 'settings.yml'), SAME_SETTINGS);
  fleet = await startFleet({ workers: 0, environment: { BAKEHOUSE_SETTINGS: path.join(directory, 'settings.yml') } });
}, 60_000);
afterAll(async () => {
  await fleet.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  stub = await startStubRosco();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await stub.close().catch(() => {});
});

interface Line {
  path: string;
  status: number | null;
  ours: number | null;
  kinds: string[];
  meant: string[];
  notCompared?: string;
  addedMs: number;
}

interface Summary {
  calls: number;
  agreed: number;
  meant: number;
  different: number;
  notCompared: Record<string, number>;
  differences: Record<string, { count: number; examples: { path: string; upstream: string; ours: string }[] }>;
  deviations: Record<string, { count: number }>;
}

/** The command as its user starts it. */
interface Running {
  url: string;
  file: string;
  child: ChildProcess;
  said: () => string;
  /** Lines of the report, once there are so many. */
  lines: (count: number) => Promise<Line[]>;
  /** Ends it as Kubernetes does, and answers with its summary. */
  stop: () => Promise<Summary>;
}

async function startShadow({ upstream = stub.url, api = fleet.url } = {}): Promise<Running> {
  const file = path.join(directory, `${crypto.randomUUID()}.jsonl`);
  const argv = ['--json', 'shadow', '--upstream', upstream, '--listen', ':0', '--api', api, '--report', file];
  const child = spawn(process.execPath, [BIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  await expect.poll(() => said, { timeout: 20_000 }).toContain('"up"');
  const { url } = JSON.parse(said.split('\n')[0] ?? '');
  const lines = async (count: number) => {
    const read = async (): Promise<Line[]> =>
      (await readFile(file, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    await expect.poll(async () => (await read()).length, { timeout: 20_000 }).toBe(count);
    return read();
  };
  const stop = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
    return summaryIn(said);
  };
  return { url, file, child, said: () => said, lines, stop };
}

const summaryIn = (said: string): Summary => JSON.parse(said.trimEnd().split('\n').at(-1) ?? '').summary;

const EXECUTION = { 'x-spinnaker-execution-id': 'exec-1:1:bake' };

async function call(url: string, { body, ...init }: { method?: string; body?: unknown; headers?: object } = {}) {
  const headers = {
    ...EXECUTION,
    ...init.headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const answer = await fetch(url, {
    ...init,
    headers: JSON.parse(JSON.stringify(headers)),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, json: () => JSON.parse(text) };
}

const aBody = (members: object = {}) => ({
  cloud_provider_type: 'aws',
  base_os: 'noble',
  package: `lantern_1.0_all lantern-${crypto.randomUUID()}`,
  type: 'bake',
  user: 'ignored',
  build_info_url: 'https://ci.example/57',
  build_number: '57',
  ...members,
});

const create = (url: string, body: unknown = aBody(), { query = '', headers = {} } = {}) =>
  call(`${url}/api/v1/eu-west-1/bake${query}`, { method: 'POST', body, headers });

/** A bake as a pipeline has it made. */
async function bakeThrough(url: string, body: unknown = aBody()): Promise<string> {
  const { id } = (await create(url, body)).json();
  await call(`${url}/api/v1/eu-west-1/status/${id}`);
  stub.finish(id);
  await call(`${url}/api/v1/eu-west-1/status/${id}`);
  await call(`${url}/api/v1/eu-west-1/bake/${id}`);
  return id;
}

test('a bakery that answers as the contract says differs in nothing', async () => {
  const shadow = await startShadow();
  const { url } = shadow;
  const body = aBody({ ami_suffix: '20300102030405' });
  const first = await bakeThrough(url, body);
  expect((await create(url, body)).json()).toMatchObject({ id: first, state: 'COMPLETED' });
  expect((await create(url, body, { query: '?rebake=1' })).json().id).not.toBe(first);
  await bakeThrough(url);
  await bakeThrough(url, aBody({ cloud_provider_type: 'docker', base_os: 'trixie', organization: 'team' }));

  // A bake that failed, one that was cancelled, one that was deleted and those of an execution are made anew.
  for (const gone of ['failed', 'cancelled', 'deleted', 'all deleted'] as const) {
    const again = aBody();
    const { id } = (await create(url, again)).json();
    if (gone === 'failed') stub.finish(id, 'failed');
    if (gone === 'cancelled') await call(`${url}/api/v1/eu-west-1/cancel/${id}`);
    if (gone === 'deleted') await call(`${url}/api/v1/eu-west-1/bake`, { method: 'DELETE', body: again });
    if (gone === 'all deleted')
      await call(`${url}/api/v1/bakes/delete-requests`, { method: 'POST', body: { pipelineExecutionIds: ['exec-1'] } });
    expect((await create(url, again)).json().id).not.toBe(id);
    await call(`${url}/api/v1/eu-west-1/status/${id}`);
  }
  await call(`${url}/api/v1/eu-west-1/bake`, { method: 'DELETE', body: aBody() });

  // What both refuse.
  await create(url, aBody({ base_os: 'mars' }));
  await create(url, aBody({ cloud_provider_type: 'gce' }));
  await create(url, aBody({ cloud_provider_type: 'titus' }));
  await create(url, '{');
  for (const options of ['', '/aws', '/docker', '/gce', '/titus', '/aws/baseImages/noble', '/aws/baseImages/mars'])
    await call(`${url}/bakeOptions${options}`);
  await call(`${url}/api/v1/eu-west-1/logs/${first}`);
  await call(`${url}/health`);

  const lines = await shadow.lines(stub.calls());
  expect(lines.filter(({ kinds, meant }) => kinds.length + meant.length > 0)).toEqual([]);
  const summary = await shadow.stop();
  expect(summary).toMatchObject({ calls: stub.calls(), different: 0, meant: 0, differences: {}, deviations: {} });
  expect(Object.keys(summary.notCompared)).toEqual(['nothing-to-ask']);
  expect(summary.agreed).toBeGreaterThan(30);
  expect((await stat(shadow.file)).mode & 0o077).toBe(0);
});

const json = (answer: StubAnswer, change: (body: Record<string, unknown>) => object): StubAnswer => ({
  ...answer,
  body: change(answer.body as Record<string, unknown>),
});

/** What a test plants, and the kind under which it has to be found. */
const PLANTED: readonly [string, string, (url: string) => Promise<unknown>][] = [
  [
    'another status for a create',
    'status',
    async (url) => {
      stub.plant(() => ({ status: 400, body: { message: "No virtualization settings found for 'noble'." } }));
      await create(url);
    },
  ],
  [
    'a create that takes what we refuse',
    'status',
    async (url) => {
      stub.plant(() => ({ status: 200, body: { id: 'x', state: 'RUNNING', result: null, resource_id: 'x' } }));
      await create(url, aBody({ base_os: 'mars' }));
    },
  ],
  [
    'another text for a refusal',
    'message',
    async (url) => {
      stub.plant((answer) => json(answer, (body) => ({ ...body, message: 'Nothing found.' })));
      await create(url, aBody({ base_os: 'mars' }));
    },
  ],
  [
    'a body where there should be none',
    'message',
    async (url) => {
      stub.plant((answer) => ({ ...answer, body: { message: 'no such word' } }));
      await create(url, aBody({ cloud_provider_type: 'titus' }));
    },
  ],
  ...(['resource_id', 'state', 'result', 'id'] as const).map(
    (member): [string, string, (url: string) => Promise<unknown>] => [
      `a create with another ${member}`,
      'body',
      async (url) => {
        stub.plant((answer) => json(answer, (body) => ({ ...body, [member]: member === 'id' ? '' : 'PENDING' })));
        await create(url);
      },
    ],
  ),
  [
    'a status of another bake',
    'body',
    async (url) => {
      const { id } = (await create(url)).json();
      stub.plant((answer) => json(answer, (body) => ({ ...body, id: 'other', resource_id: 'other' })));
      await call(`${url}/api/v1/x/status/${id}`);
    },
  ],
  [
    'a key that we would not give',
    'key',
    async (url) => {
      const body = aBody();
      await create(url, body);
      stub.plant((answer) => ({ ...answer, body: String(answer.body).replace(':hvm:', ':pv:') }));
      await call(`${url}/api/v1/eu-west-1/bake`, { method: 'DELETE', body });
    },
  ],
  [
    'one bake for two keys',
    'key',
    async (url) => {
      const { id } = (await create(url)).json();
      stub.plant(() => ({ status: 200, body: { id, state: 'RUNNING', result: null, resource_id: id } }));
      await create(url);
    },
  ],
  [
    'a second bake beside one that stands',
    'key',
    async (url) => {
      const body = aBody();
      await bakeThrough(url, body);
      stub.plant(() => ({
        status: 200,
        body: { id: 'second', state: 'RUNNING', result: null, resource_id: 'second' },
      }));
      await create(url, body);
    },
  ],
  [
    'a second bake beside one that turns out to be running',
    'key',
    async (url) => {
      const body = aBody();
      const { id } = (await create(url, body)).json();
      stub.plant(() => ({
        status: 200,
        body: { id: 'second', state: 'RUNNING', result: null, resource_id: 'second' },
      }));
      await create(url, body);
      await call(`${url}/api/v1/x/status/${id}`);
    },
  ],
  [
    'another name than the suffix says',
    'image-name',
    (url) => detailed(url, { artifact: { name: 'lantern-all-1-noble' } }),
  ],
  ['another image name', 'image-name', (url) => detailed(url, { image_name: 'lantern-all-20300102030405-noble-2' })],
  ['another type of artifact', 'artifact', (url) => detailed(url, { artifact: { type: 'ami' } })],
  ['a reference that is no image of it', 'artifact', (url) => detailed(url, { artifact: { reference: 'ami-1' } })],
  ['an artifact in another region', 'region', (url) => detailed(url, { artifact: { location: 'us-east-1' } })],
  ['images in other regions', 'region', (url) => detailed(url, { regions: ['eu-west-1', 'us-east-1'] })],
  [
    'another base image',
    'options',
    async (url) => {
      stub.plant((answer) => json(answer, (body) => ({ ...body, packageType: 'RPM' })));
      await call(`${url}/bakeOptions/aws/baseImages/noble`);
    },
  ],
  [
    'a provider more',
    'options',
    async (url) => {
      stub.plant((answer) => ({
        ...answer,
        body: [...(answer.body as object[]), { cloudProvider: 'gce', baseImages: [] }],
      }));
      await call(`${url}/bakeOptions`);
    },
  ],
  [
    'base images in another order',
    'options',
    async (url) => {
      stub.plant((answer) =>
        json(answer, (body) => ({ ...body, baseImages: [...(body['baseImages'] as object[])].reverse() })),
      );
      await call(`${url}/bakeOptions/aws`);
    },
  ],
  [
    'other words for what is not there',
    'message',
    async (url) => {
      stub.plant((answer) => json(answer, (body) => ({ ...body, messages: ['no'] })));
      await call(`${url}/bakeOptions/gce`);
    },
  ],
];

/** A good bake whose details have other members. */
async function detailed(url: string, { artifact = {}, ...members }: { artifact?: object; [member: string]: unknown }) {
  const { id } = (await create(url, aBody({ ami_suffix: '20300102030405' }))).json();
  stub.finish(id);
  stub.plant((answer) =>
    json(answer, (body) => ({ ...body, ...members, artifact: { ...(body['artifact'] as object), ...artifact } })),
  );
  await call(`${url}/api/v1/eu-west-1/bake/${id}`);
}

test('each planted difference is found, under its kind, and nothing else is', async () => {
  const shadow = await startShadow();
  for (const [what, kind, plant] of PLANTED) {
    const before = (await shadow.lines(stub.calls())).length;
    await plant(shadow.url);
    const lines = (await shadow.lines(stub.calls())).slice(before);
    expect(
      lines.flatMap(({ kinds, meant }) => [...kinds, ...meant]),
      what,
    ).toEqual([kind]);
  }
  const { differences, different, deviations } = await shadow.stop();
  expect(different).toBe(PLANTED.length);
  expect(deviations).toEqual({});
  for (const kind of new Set(PLANTED.map(([, each]) => each))) {
    const planted = PLANTED.filter(([, each]) => each === kind).length;
    expect(differences[kind]).toMatchObject({ count: planted });
    expect(differences[kind]?.examples).toHaveLength(Math.min(3, planted));
  }
}, 60_000);

test('what the list of deviations says is counted apart, under its row', async () => {
  const shadow = await startShadow();
  const { url } = shadow;
  const taken = (id: string) => () => ({ status: 200, body: { id, state: 'RUNNING', result: null, resource_id: id } });
  const meant: Record<string, () => Promise<unknown>> = {
    D4: async () => {
      const body = aBody();
      await create(url, body);
      await create(url, { ...body, upgrade: true });
    },
    D5: async () => {
      stub.plant(taken('d5'));
      await create(url, aBody({ template_file_name: '../../etc/passwd.json' }));
    },
    D6: () => create(url, aBody({ request_id: 'a:b/c' })),
    D7: () => create(url, aBody(), { headers: { 'x-spinnaker-execution-id': undefined } }),
    D8: async () => {
      stub.plant(() => ({ status: 400, body: { message: '==> aws: begun\n==> aws: secret-in-a-log' } }));
      await create(url);
    },
    D9: async () => {
      const id = (await create(url)).json().id;
      stub.finish(id);
      await call(`${url}/api/v1/us-east-1/bake/${id}`);
    },
    D10: () => detailed(url, { ami: null, image_name: null }),
    D16: async () => {
      stub.plant(() => ({ status: 500, body: { message: 'null' } }));
      await create(url, aBody({ extended_attributes: { copy_to: 5 } }));
    },
    D17: async () => {
      stub.plant((answer) => ({ ...answer, body: [...(answer.body as object[])].reverse() }));
      await call(`${url}/bakeOptions`);
      // Whichever order is ours, one of the two differs.
      await call(`${url}/bakeOptions`);
    },
  };
  for (const [row, meet] of Object.entries(meant)) {
    const before = (await shadow.lines(stub.calls())).length;
    await meet();
    const lines = (await shadow.lines(stub.calls())).slice(before);
    expect(
      lines.flatMap((line) => [...line.kinds, ...line.meant]),
      row,
    ).toEqual([row]);
  }
  const summary = await shadow.stop();
  expect(Object.keys(summary.deviations).sort()).toEqual(Object.keys(meant).sort());
  expect(summary).toMatchObject({ meant: Object.keys(meant).length, different: 0, differences: {} });
  expect(await readFile(shadow.file, 'utf8')).not.toContain('secret-in-a-log');
});

test('no secret of a request is in the report or the summary', async () => {
  const shadow = await startShadow();
  const body = aBody({
    extended_attributes: { db_password: 'hunter-2', nested: { api_token: 'tok"en' } },
    package: 'https://user:pass-word@repository.example/a.deb',
  });
  const secrets = ['hunter-2', 'tok\\"en', 'tok"en', 'pass-word'];
  for (const secret of secrets) {
    stub.plant(() => ({ status: 409, body: { message: `cannot use ${secret}` } }));
    await create(shadow.url, body);
    stub.plant((answer) => ({ ...answer, status: 200, body: `Deleted bake 'x:${secret}' with id 'x'.` }));
    await call(`${shadow.url}/api/v1/eu-west-1/bake?token=${encodeURIComponent(secret)}`, { method: 'DELETE', body });
  }
  const lines = await shadow.lines(stub.calls());
  expect(lines.flatMap(({ kinds }) => kinds).sort()).toEqual([
    ...secrets.map(() => 'key'),
    ...secrets.map(() => 'status'),
  ]);
  const { differences } = await shadow.stop();
  const report = await readFile(shadow.file, 'utf8');
  for (const secret of secrets) expect(report + JSON.stringify(differences)).not.toContain(secret);
  expect(report).toContain('******');
});

test('a plan is asked for in the name of who creates, and without what only upstream is to know', async () => {
  const heard: IncomingHttpHeaders[] = [];
  const api = createServer(({ headers }, response) => {
    heard.push(headers);
    response.end('{}');
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const shadow = await startShadow({ api: `http://127.0.0.1:${(api.address() as AddressInfo).port}` });
  await create(shadow.url, aBody(), { headers: { 'X-SPINNAKER-User': 'ada', cookie: 'c=1', authorization: 'a' } });
  await shadow.lines(1);
  api.close();
  expect(heard).toMatchObject([{ ...EXECUTION, 'x-spinnaker-user': 'ada', 'content-type': 'application/json' }]);
  for (const name of ['cookie', 'authorization']) expect(heard[0]).not.toHaveProperty(name);
});

test('an api that is not there, hangs or is slow holds no call up, and is compared with again when it is back', async () => {
  const port = await freePort();
  const shadow = await startShadow({ api: `http://127.0.0.1:${port}` });
  const time = async () => {
    const begun = performance.now();
    expect((await create(shadow.url)).status).toBe(200);
    return performance.now() - begun;
  };
  const median = async () => {
    const times: number[] = [];
    for (let count = 0; count < 20; count++) times.push(await time());
    return times.sort((one, other) => one - other)[10] ?? 0;
  };
  const away = await median();
  const lines = await shadow.lines(20);
  expect(new Set(lines.map(({ notCompared }) => notCompared))).toEqual(new Set(['api-away']));

  let letGo = () => {};
  const hanging = createServer((_request, response) => {
    letGo = () => response.destroy();
  });
  await new Promise<void>((resolve) => hanging.listen(port, '127.0.0.1', resolve));
  const hung = await median();
  expect(Math.max(away, hung)).toBeLessThan(100);
  letGo();
  hanging.closeAllConnections();
  await new Promise((resolve) => hanging.close(resolve));

  const slow = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = await fetch(fleet.url + request.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat(chunks),
    });
    const text = await answer.text();
    setTimeout(() => response.end(text), 200);
  });
  await new Promise<void>((resolve) => slow.listen(port, '127.0.0.1', resolve));
  await shadow.lines(40);
  expect(await time()).toBeLessThan(150);
  expect((await shadow.lines(41)).at(-1)).toMatchObject({ kinds: [], ours: 200 });
  const { notCompared } = await shadow.stop();
  expect(notCompared['api-away']).toBeGreaterThan(20);
  slow.closeAllConnections();
  await new Promise((resolve) => slow.close(resolve));
});

test('more calls than can be compared go through, are counted, and cost no memory that grows', async () => {
  const hanging = createServer(() => {});
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  const shadow = await startShadow({ api: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}` });
  const filler = { stage: 'x'.repeat(100_000) };
  for (let round = 0; round < 75; round++)
    await Promise.all(Array.from({ length: 20 }, () => create(shadow.url, aBody(filler))));
  const status = await readFile(`/proc/${shadow.child.pid}/status`, 'utf8');
  const residentMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  process.stdout.write(
    `shadow: ${residentMb.toFixed(0)} MB resident after 1500 calls of 100 kB that nobody compares\n`,
  );
  // 150 MB of bodies have gone by.
  expect(residentMb).toBeLessThan(280);
  expect((await readFile(shadow.file, 'utf8')).split('\n').length - 1).toBeGreaterThanOrEqual(450);
  hanging.closeAllConnections();
  await new Promise((resolve) => hanging.close(resolve));
  const { notCompared, calls } = await shadow.stop();
  expect(calls).toBe(1500);
  expect(notCompared['too-much-at-once']).toBeGreaterThan(500);
}, 90_000);

test('an upstream that is away is answered for as a proxy does, and counted', async () => {
  const port = await freePort();
  const shadow = await startShadow({ upstream: `http://127.0.0.1:${port}` });
  expect((await create(shadow.url)).status).toBe(502);
  const back = await startStubRosco(port);
  expect((await create(shadow.url)).status).toBe(200);
  await back.close();
  expect((await call(`${shadow.url}/health`)).status).toBe(502);
  expect((await shadow.stop()).notCompared).toEqual({ 'upstream-away': 2 });
});

test('a signal shows the summary, and the calls go on', async () => {
  const shadow = await startShadow();
  await create(shadow.url);
  await shadow.lines(1);
  shadow.child.kill('SIGUSR1');
  await expect.poll(() => shadow.said()).toContain('"summary"');
  expect(summaryIn(shadow.said())).toMatchObject({ calls: 1, agreed: 1 });
  expect((await create(shadow.url)).status).toBe(200);
  expect(await shadow.stop()).toMatchObject({ calls: 2, agreed: 2 });
});

test.each([
  ['--upstream', 'rosco:8087', 'write it as http://rosco:8087'],
  ['--listen', 'somewhere', 'write it as :8088'],
  ['--report', '/nowhere/report.jsonl', 'ENOENT'],
])('%s %s is refused with what to do', async (flag, value, message) => {
  await expectRefusal({ '--upstream': stub.url, '--listen': ':0', [flag]: value }, message);
});

test.each([
  [':8099', 'http://127.0.0.1:8099'],
  [':8099', 'http://localhost:8099/rosco'],
  ['[::1]:8099', 'http://[::1]:8099'],
  ['0.0.0.0:443', 'https://localhost'],
  ['rosco.example:80', 'http://rosco.example'],
])('listening on %s is refused where calls to %s would come back to it', async (listen, upstream) => {
  await expectRefusal({ '--listen': listen, '--upstream': upstream }, 'calls would go round');
});

async function expectRefusal(flags: Record<string, string>, message: string): Promise<void> {
  const child = spawn(process.execPath, [BIN, 'shadow', ...Object.entries(flags).flat()]);
  children.push(child);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(said).toContain(message);
}
