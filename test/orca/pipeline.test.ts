import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Pace } from './bake-stage.ts';
import { openLatencies } from './latencies.ts';
import { type Pipeline, runPipeline } from './pipeline.ts';
import { tableOf } from './table.ts';
import { openWire } from './wire.ts';

/** Each call's answers in turn, the last one for good; `silence` hangs up. */
type Script = Readonly<Record<string, readonly (readonly [number, unknown] | 'silence')[]>>;

interface Heard {
  call: string;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A bakery that says what it is told to, so that the client can be seen in every trouble there is. */
async function aBakery(script: Script): Promise<{ url: string; heard: Heard[]; calls: () => string[] }> {
  const heard: Heard[] = [];
  const left = new Map(Object.entries(script).map(([call, answers]) => [call, [...answers]]));
  server = createServer(async (request, response) => {
    let said = '';
    for await (const chunk of request) said += chunk;
    const call = `${request.method} ${request.url}`;
    heard.push({ call, body: said === '' ? {} : JSON.parse(said), headers: request.headers });
    const answers = left.get(call) ?? [];
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? [404, { message: 'not in the script' }];
    if (answer === 'silence') return void request.socket.destroy();
    const [status, body] = answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === '' ? '' : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: urlOf(server), heard, calls: () => heard.map(({ call }) => call) };
}

const status = (state: string, result: string | null) => ({
  id: 'b-1',
  resource_id: 'r-1',
  state,
  result,
  failure: {},
});
const RUNNING = [200, status('RUNNING', null)] as const;
const DONE = [200, status('COMPLETED', 'SUCCESS')] as const;
const DETAILS = [
  200,
  { id: 'r-1', ami: null, image_name: 'lantern-1', artifact: { type: 'gce/image', reference: 'lantern-1' } },
] as const;
const DEB = { id: 'jammy', packageType: 'DEB' };
const AWAY = [503, { message: 'away' }] as const;
const FAILED = [500, ''] as const;
const REFUSED = [400, { message: 'no' }] as const;

const CALLS = {
  options: 'GET /bakeOptions/gce/baseImages/jammy',
  create: 'POST /api/v1/eu/bake',
  status: 'GET /api/v1/eu/status/b-1',
  details: 'GET /api/v1/eu/bake/r-1',
};
const GOOD: Script = {
  [CALLS.options]: [[200, DEB]],
  [CALLS.create]: [RUNNING],
  [CALLS.status]: [RUNNING, DONE],
  [CALLS.details]: [DETAILS],
};

const CONTEXT = { cloudProviderType: 'gce', baseOs: 'jammy', package: 'lantern', region: 'eu' };
const NOON = new Date('2030-01-02T12:00:00Z');

const run = (url: string, context: Pipeline['context'] = {}, more: Partial<Pipeline & { pace: Partial<Pace> }> = {}) =>
  runPipeline(
    { url, context: { ...CONTEXT, ...context }, ...more },
    { now: NOON, executionId: '01JX', pace: { backOffMs: 5, betweenTriesMs: 5, ...more.pace } },
  );

describe('a bake stage', () => {
  test('asks for the base image, the bake, its status until it ends, and the details once', async () => {
    const { url, heard, calls } = await aBakery(GOOD);
    const { stages, deploymentDetails, ...end } = await run(url);

    expect(end).toEqual({ executionId: '01JX', status: 'SUCCEEDED' });
    expect(stages).toMatchObject([{ region: 'eu', status: 'SUCCEEDED', previouslyBaked: false }]);
    expect(deploymentDetails).toEqual([
      {
        region: 'eu',
        ami: 'lantern-1',
        imageId: 'lantern-1',
        imageName: 'lantern-1',
        baseAmiId: null,
        artifacts: [{ type: 'gce/image', reference: 'lantern-1' }],
      },
    ]);
    expect(calls()).toEqual([
      'GET /bakeOptions/gce/baseImages/jammy',
      'POST /api/v1/eu/bake',
      'GET /api/v1/eu/status/b-1',
      'GET /api/v1/eu/status/b-1',
      'GET /api/v1/eu/bake/r-1',
    ]);
    expect(heard[1]?.headers).toMatchObject({
      'x-spinnaker-execution-id': '01JX',
      'user-agent': expect.stringMatching(/^Spinnaker-/),
    });
  });

  test('sends its whole context, its own names in snake case, what is in them as it stands, and no nulls', async () => {
    const { url, heard } = await aBakery(GOOD);
    await run(url, {
      extendedAttributes: { copyTo: 'us', share_with: null },
      templateFileName: 'gce.json',
      requisiteStageRefIds: [],
      varFileName: null,
    });
    expect(heard[1]?.body).toEqual({
      type: 'bake',
      name: 'Bake in eu',
      ref_id: '1',
      requisite_stage_ref_ids: [],
      region: 'eu',
      cloud_provider_type: 'gce',
      base_os: 'jammy',
      package: 'lantern',
      package_type: 'DEB',
      ami_suffix: '20300102120000',
      template_file_name: 'gce.json',
      extended_attributes: { copyTo: 'us', share_with: null },
    });
  });

  test('names its package by the artifact of the build that began the pipeline, and fails without a call where there is none', async () => {
    const { url, heard, calls } = await aBakery(GOOD);
    const artifacts = [{ fileName: 'lantern_1.2-h3_all.deb' }];
    await run(url, {}, { trigger: { buildInfo: { artifacts } } });
    expect(heard[1]?.body).toMatchObject({ package: 'lantern_1.2-h3_all' });

    const before = calls().length;
    const { stages } = await run(url, { package: 'torch' }, { trigger: { buildInfo: { artifacts } } });
    expect(stages).toMatchObject([{ status: 'TERMINAL', because: expect.stringContaining('torch') }]);
    expect(calls().slice(before)).toEqual(['GET /bakeOptions/gce/baseImages/jammy']);
  });

  test('fans out over its own regions and those deployed to, under one time, unless an image is for the whole world', async () => {
    const { url, heard, calls } = await aBakery(GOOD);
    await run(url, { regions: ['eu', 'us'] }, { deploysTo: ['us', 'asia'] });
    const posts = heard.filter(({ call }) => call.startsWith('POST'));
    expect(posts.map(({ body }) => body['region']).sort()).toEqual(['asia', 'eu', 'us']);
    expect(new Set(posts.map(({ body }) => body['ami_suffix'])).size).toBe(1);

    const before = calls().length;
    await run(url, { region: 'global' }, { deploysTo: ['us'] });
    await run(url, { skipRegionDetection: true }, { deploysTo: ['us'] });
    const later = calls().slice(before);
    expect(later.filter((call) => call.startsWith('POST'))).toEqual([
      'POST /api/v1/global/bake',
      'POST /api/v1/eu/bake',
    ]);
  });

  test.each<{ meets: string; call: keyof typeof CALLS; answers: Script[string]; ends: string; asks: number }>([
    { meets: 'an outage', call: 'create', answers: [AWAY, 'silence', RUNNING], ends: 'SUCCEEDED', asks: 3 },
    { meets: 'a longer outage', call: 'create', answers: [...times(7, AWAY), RUNNING], ends: 'SUCCEEDED', asks: 8 },
    { meets: 'a failure', call: 'create', answers: [FAILED], ends: 'TERMINAL', asks: 5 },
    { meets: 'silence', call: 'create', answers: ['silence'], ends: 'TERMINAL', asks: 5 },
    { meets: 'a refusal', call: 'create', answers: [REFUSED], ends: 'TERMINAL', asks: 1 },
    { meets: 'a refusal', call: 'options', answers: [[404, { messages: ['no'] }]], ends: 'TERMINAL', asks: 1 },
    { meets: 'silence', call: 'options', answers: ['silence', [200, DEB]], ends: 'SUCCEEDED', asks: 2 },
    { meets: 'another word', call: 'options', answers: [[200, { packageType: 'deb' }]], ends: 'TERMINAL', asks: 1 },
    { meets: 'ignorance', call: 'status', answers: [[404, ''], DONE], ends: 'SUCCEEDED', asks: 2 },
    { meets: 'an outage', call: 'status', answers: [AWAY, 'silence', DONE], ends: 'SUCCEEDED', asks: 3 },
    { meets: 'a failure', call: 'status', answers: [FAILED], ends: 'TERMINAL', asks: 1 },
    { meets: 'another word', call: 'status', answers: [[200, status('WAITING', null)]], ends: 'TERMINAL', asks: 1 },
    { meets: 'an outage', call: 'details', answers: [AWAY, DETAILS], ends: 'SUCCEEDED', asks: 2 },
    { meets: 'a refusal', call: 'details', answers: [REFUSED], ends: 'TERMINAL', asks: 1 },
  ])(
    'that meets $meets at its $call call ends $ends, having asked $asks times',
    async ({ call, answers, ends, asks }) => {
      const { url, calls } = await aBakery({ ...GOOD, [CALLS[call]]: answers });
      expect((await run(url)).status).toBe(ends);
      expect(calls().filter((each) => each === CALLS[call])).toHaveLength(asks);
    },
  );

  test('gives up a create that is away too long, and a bake that never ends', async () => {
    const away = await aBakery({ ...GOOD, [CALLS.create]: [AWAY] });
    expect((await run(away.url, {}, { pace: { createLimitMs: 60 } })).stages).toMatchObject([
      { status: 'TERMINAL', because: expect.stringMatching(/not done within 0.06 s.*503: away/) },
    ]);
    server?.close();
    const endless = await aBakery({ ...GOOD, [CALLS.status]: [RUNNING] });
    expect((await run(endless.url, {}, { pace: { monitorLimitMs: 60 } })).stages).toMatchObject([
      { status: 'TERMINAL', because: expect.stringContaining('the bake is RUNNING') },
    ]);
  });

  test('bakes again when its bake was cancelled while it was pending', async () => {
    const { url, calls } = await aBakery({
      ...GOOD,
      [CALLS.create]: [[200, status('PENDING', null)], RUNNING],
      'GET /api/v1/eu/status/b-1': [
        [200, status('CANCELED', 'FAILURE')],
        [200, status('COMPLETED', 'SUCCESS')],
      ],
    });
    expect((await run(url)).status).toBe('SUCCEEDED');
    expect(calls().filter((call) => call.startsWith('POST'))).toHaveLength(2);
  });

  test('asks for a rebake in the query alone', async () => {
    const { url, heard } = await aBakery({ ...GOOD, 'POST /api/v1/eu/bake?rebake=1': [RUNNING] });
    expect((await run(url, { rebake: true })).status).toBe('SUCCEEDED');
    expect(heard[1]).toMatchObject({ call: 'POST /api/v1/eu/bake?rebake=1' });
  });
});

test('a pipeline gives back what it baked at its end, where that is switched on', async () => {
  const { url, heard } = await aBakery({ ...GOOD, 'POST /api/v1/bakes/delete-requests': [[200, '']] });
  expect((await run(url)).cleanedUp).toBeUndefined();
  expect((await run(url, {}, { cleansUp: true })).cleanedUp).toEqual({ status: 200, body: '' });
  expect(heard.at(-1)?.body).toEqual({ pipelineExecutionIds: ['01JX'] });
});

test('a bakery that keeps silent is given up after the read time-out', async () => {
  server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const latencies = openLatencies();
  const ask = openWire({ url: urlOf(server), headers: {}, latencies, readMs: 50 });
  expect(await ask({ name: 'status', method: 'GET', path: '/' })).toEqual({
    ok: false,
    no: { because: 'GET /: silent for 50 ms' },
  });
  expect(latencies.answers('status')).toEqual({ 'no answer': 1 });
});

test('the table says how stages ended, the worst time of each call, and what else was answered', () => {
  const latencies = openLatencies();
  latencies.add('status', 3.2, 200);
  latencies.add('status', 90, 503);
  latencies.add('create', 5_000, 'no answer');
  const end = {
    region: 'eu',
    tookMs: 1,
    previouslyBaked: false,
    last: undefined,
    because: '',
    status: 'TERMINAL',
  } as const;
  const [, line] = tableOf([{ scenario: 'away', pipelines: 2, stages: [end, end], latencies, tookMs: 1_234 }]).split(
    '\n',
  );
  expect(line?.split(/ {2,}/)).toEqual([
    'away',
    '2',
    '2 TERMINAL',
    '1.2',
    '-',
    '90',
    '-',
    '-',
    'create no answer: 1, status 503: 1',
  ]);
});

function urlOf(listening: Server): string {
  const address = listening.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
}

function times<T>(count: number, one: T): T[] {
  return Array.from({ length: count }, () => one);
}
