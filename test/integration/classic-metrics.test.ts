import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { becomes, says } from '../support/ask.ts';
import { type Fleet, freePort, startFleet, until } from '../support/fleet.ts';

/** What the operators of a classic bakery have on their walls, as the exporter of that bakery names it. */
const ON_THE_WALL = {
  api: [
    'bakesRequested_total',
    ...['count', 'sum', 'max'].flatMap((part) => [
      `controller_invocations_seconds_${part}`,
      `controller_invocations_contentLength_${part}`,
      `bakesCompleted_seconds_${part}`,
    ]),
  ],
  worker: ['bakesActive', ...['count', 'sum', 'max'].map((part) => `bakesCompleted_seconds_${part}`)],
};

let fleet: Fleet;
let worker: string;
beforeAll(async () => {
  fleet = await startFleet({
    workers: 0,
    environment: {
      BAKEHOUSE_TEMPLATES: path.join(import.meta.dirname, 'templates'),
      BAKEHOUSE_SLOTS: '1',
    },
  });
  const port = await freePort();
  worker = `http://127.0.0.1:${port}`;
  await fleet.startWorker({ BAKEHOUSE_WORKER_PORT: String(port) });
});
afterAll(() => fleet.stop());

async function post(attributes: object, query = ''): Promise<string> {
  const response = await fetch(`${fleet.url}/api/v1/here/bake${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      cloud_provider_type: 'local',
      base_os: 'bookworm',
      template_file_name: 'sleeper.json',
      extended_attributes: attributes,
    }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id;
}

const get = (call: string) => fetch(`${fleet.url}${call}`);

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

async function samplesOf(url: string): Promise<{ samples: Sample[]; types: Map<string, string> }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  const samples = [...text.matchAll(/^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, word]) => [key, word]),
      ),
      value: Number(value),
    }),
  );
  expect(samples.length).toBeGreaterThan(10);
  return { samples, types };
}

const named = (samples: readonly Sample[], name: string) =>
  samples.filter((sample) => sample.name === name).map(({ labels, value }) => ({ ...labels, value }));

/** All of the fleet, as a dashboard sums it. */
async function completed(part: 'count' | 'sum'): Promise<object[]> {
  const sums = new Map<string, number>();
  for (const url of [fleet.url, worker])
    for (const { value, ...labels } of named((await samplesOf(url)).samples, `bakesCompleted_seconds_${part}`)) {
      const key = JSON.stringify(Object.entries(labels).sort());
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
  return [...sums].map(([key, value]) => ({ ...Object.fromEntries(JSON.parse(key)), value }));
}

describe('after a good, a repeated, a rebaked, a failed and three cancelled bakes', () => {
  beforeAll(async () => {
    const good = { seconds: '1', mark: crypto.randomUUID() };
    const id = await post(good);
    await becomes(fleet.url, id, { state: 'baked' });
    expect(await post(good)).toBe(id);
    await becomes(fleet.url, await post(good, '?rebake=1'), { state: 'baked' });
    await becomes(fleet.url, await post({ seconds: 'for ever' }), { state: 'failed' });

    const mark = crypto.randomUUID();
    const baking = await post({ seconds: '60', mark });
    await says(fleet.url, baking, `begun ${mark}`);
    const waiting = await post({ seconds: '61' });
    const superseded = await post({ seconds: '62' });
    const next = await post({ seconds: '62' }, '?rebake=1');
    await becomes(fleet.url, superseded, { state: 'cancelled' });
    expect(named((await samplesOf(worker)).samples, 'bakesActive')).toEqual([{ active: 'true', value: 1 }]);
    for (const bake of [waiting, next, baking]) {
      expect((await get(`/api/v1/here/cancel/${bake}`)).status).toBe(200);
      await becomes(fleet.url, bake, { state: 'cancelled' });
      expect((await get(`/api/v1/here/cancel/${bake}`)).status).toBe(400);
    }
    await until(async () => named((await samplesOf(worker)).samples, 'bakesActive')[0]?.value === 0, 'empty hands');
  }, 90_000);

  test('each request is counted once, by what it came to', async () => {
    const { samples, types } = await samplesOf(fleet.url);
    expect(types.get('bakesRequested_total')).toBe('counter');
    expect(named(samples, 'bakesRequested_total')).toEqual(
      expect.arrayContaining([
        { flavor: 'plain', value: 5 },
        { flavor: 'duplicate', value: 1 },
        { flavor: 'rebake', value: 2 },
      ]),
    );
    expect(named(samples, 'bakesRequested_total')).toHaveLength(3);
  });

  test('each end is counted once in the fleet: by the worker that laid the bake down, or by the api that ended a waiting one', async () => {
    const counts = await completed('count');
    expect(counts).toHaveLength(3);
    expect(counts).toEqual(
      expect.arrayContaining([
        { success: 'true', region: 'here', value: 2 },
        { success: 'false', cause: 'jobFailed', region: 'here', value: 1 },
        { success: 'false', cause: 'explicitlyCanceled', value: 4 },
      ]),
    );
    const ofApi = named((await samplesOf(fleet.url)).samples, 'bakesCompleted_seconds_count');
    expect(ofApi).toEqual([{ success: 'false', cause: 'explicitlyCanceled', value: 3 }]);
  });

  test('the time is that from the asking to the end, and the longest of late stands beside it', async () => {
    const { samples, types } = await samplesOf(worker);
    expect(types.get('bakesCompleted_seconds')).toBe('summary');
    expect(types.get('bakesCompleted_seconds_max')).toBe('gauge');
    const good = (part: string) =>
      samples.find(({ name, labels }) => name === `bakesCompleted_seconds_${part}` && labels['success'] === 'true');
    const bakes = (await (await get('/bakes?state=baked')).json()) as {
      bakes: { askedAt: string; finishedAt: string }[];
    };
    const seconds = bakes.bakes.map(({ askedAt, finishedAt }) => (Date.parse(finishedAt) - Date.parse(askedAt)) / 1000);
    expect(good('sum')?.value).toBeCloseTo(
      seconds.reduce((sum, each) => sum + each, 0),
      3,
    );
    expect(good('max')?.value).toBeGreaterThanOrEqual(Math.min(...seconds));
    expect(good('max')?.value).toBeLessThanOrEqual(Math.max(...seconds));
  });

  test('each classic call is counted once, under the names that the classic bakery’s code has for it', async () => {
    const labels = { controller: 'BakeryController', criticality: 'unknown', success: 'true', cause: 'None' };
    const invocations = (of: readonly Sample[], part = 'count') =>
      named(of, `controller_invocations_seconds_${part}`) as unknown as Record<string, unknown>[];
    const before = (await samplesOf(fleet.url)).samples;
    expect(invocations(before)).toContainEqual({
      ...{ ...labels, method: 'createBake', status: '2xx', statusCode: '200' },
      ...{ cloudProvider: 'None', region: 'here', value: 8 },
    });
    expect(invocations(before)).toContainEqual({
      ...{ ...labels, method: 'cancelBake', status: '4xx', statusCode: '400' },
      ...{ cloudProvider: 'None', region: 'here', value: 3 },
    });
    const bytes = named(before, 'controller_invocations_contentLength_sum') as unknown as Record<string, unknown>[];
    expect(bytes.find(({ method }) => method === 'createBake')?.['value']).toBeGreaterThan(8 * 100);

    await get('/bakeOptions/docker');
    await get('/bakeOptions/gce');
    await get('/bakeOptions/mars');
    await get('/api/v1/nowhere-yet/status/nobody');
    const options = await get('/bakeOptions');
    const etag = options.headers.get('etag') ?? '';
    expect((await fetch(`${fleet.url}/bakeOptions`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    await fetch(`${fleet.url}/status/all`, { method: 'POST' });
    const said = invocations((await samplesOf(fleet.url)).samples).map(
      ({ controller, method, statusCode, cloudProvider, region, value }) =>
        [controller, method, statusCode, cloudProvider, region, value].join(' '),
    );
    expect(said).toEqual(
      expect.arrayContaining([
        'BakeryController bakeOptionsByCloudProvider 200 docker None 1',
        'BakeryController bakeOptionsByCloudProvider 404 gce None 1',
        'BakeryController bakeOptionsByCloudProvider 400 other None 1',
        'BakeryController lookupStatus 400 None other 1',
        'BakeryController bakeOptions 200 None None 2',
        'StatusController allIncompleteBakes 200 None None 1',
      ]),
    );
  });

  test('every name that a dashboard for the classic bakery asks for is there', async () => {
    for (const [url, names] of [
      [fleet.url, ON_THE_WALL.api],
      [worker, ON_THE_WALL.worker],
    ] as const) {
      const there = new Set((await samplesOf(url)).samples.map(({ name }) => name));
      expect(names.filter((name) => !there.has(name))).toEqual([]);
    }
  });
});
