import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aMark, call, create, ends, startClassicFleet } from '../support/classic.ts';
import { type Fleet, until } from '../support/fleet.ts';

/** The calls of those who look at bakes and bake none, and what they make of the answers. */

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startClassicFleet({ BAKEHOUSE_SLOTS: '1' }, 2);
}, 60_000);
afterAll(() => fleet.stop(), 60_000);

/** As Gate's client sends them. */
const GATE = {
  accept: 'application/json',
  'user-agent': 'Spinnaker-gate',
  'x-spinnaker-user': 'ann',
  'accept-encoding': 'gzip',
};
const gate = async (path: string) => {
  const answer = await call(`${fleet.url}${path}`, { headers: GATE });
  return { ...answer, read: answer.text === '' ? undefined : (JSON.parse(answer.text) as unknown) };
};

describe('Gate', () => {
  test('passes options through as a list, and those of a provider as a map', async () => {
    const all = await gate('/bakeOptions');
    expect(all).toMatchObject({ status: 200 });
    expect(Array.isArray(all.read)).toBe(true);
    expect((await gate('/bakeOptions/aws')).read).toMatchObject({ cloudProvider: 'aws' });
  });

  test('reads logs by either id and any word for a region, and hears of no others', async () => {
    const mark = aMark();
    const { id, resource_id } = await create(fleet, { attributes: { mark } });
    await ends(fleet, id);
    for (const region of ['eu-south-1', 'global', 'us-west-2', 'undefined', 'a%20b'])
      for (const each of [id, resource_id]) {
        const { status, headers, read } = await gate(`/api/v1/${region}/logs/${each}`);
        expect(status).toBe(200);
        expect(headers.get('content-type')).toMatch(/^application\/json/);
        expect(read).toEqual({ logsContent: expect.stringContaining(`begun ${mark}`) });
      }
    expect((await gate('/api/v1/global/logs/gone')).status).toBe(404);
  });

  test('hears that there are no plugins', async () => {
    expect((await gate('/installedPlugins')).read).toEqual([]);
  });
});

/** What Deck keeps of an entry, and how it writes a base image. */
interface DeckImage {
  id: string;
  shortDescription?: string | null;
  detailedDescription?: string | null;
  displayName?: string;
  isImageFamily?: boolean;
}

const shown = ({ displayName, id, shortDescription, detailedDescription, isImageFamily }: DeckImage): string => {
  const name = displayName ?? id;
  const detail = detailedDescription ?? shortDescription;
  return `${name}${detail ? ` (${detail})` : ''}${isImageFamily ? ' (family)' : ''}`;
};

describe('Deck', () => {
  test.each([
    ['aws', ['noble (Ubuntu 24.04 LTS)']],
    ['gce', ['alma (v9) (family)']],
    ['docker', ['trixie']],
    ['oracle', ['jammy']],
  ])('finds the base images of %s by the provider, each once', async (provider, expected) => {
    const options = (await gate('/bakeOptions')).read as { cloudProvider: string; baseImages: DeckImage[] }[];
    const mine = options.filter(({ cloudProvider }) => cloudProvider === provider);
    expect(mine).toHaveLength(1);
    expect(mine[0]?.baseImages.map(shown)).toEqual(expected);
    expect(new Set(mine[0]?.baseImages.map(({ id }) => id)).size).toBe(mine[0]?.baseImages.length);
  });
});

/** Halyard reaps a server group unless an instance of it still bakes. */
async function stillBaking(): Promise<string[]> {
  const { json } = await call(`${fleet.url}/status/all`);
  const instances = json['instances'] as Record<string, { status: string }>;
  return Object.entries(instances)
    .filter(([, { status }]) => status === 'RUNNING')
    .map(([name]) => {
      const parts = name.split('@');
      expect(parts, name).toHaveLength(2);
      expect(parts[0]).toMatch(/^[0-9a-f-]{36}$/);
      return parts[1] ?? '';
    });
}

describe('Halyard', () => {
  test('finds the bakery healthy by one word', async () => {
    const { status, text } = await call(`${fleet.url}/health`);
    expect(status).toBe(200);
    expect(text).toContain('UP');
    expect(JSON.parse(text)).toEqual({ status: 'UP' });
  });

  test('learns which hosts still bake, workers by theirs and what waits by the api’s, and when none does', async () => {
    expect(await stillBaking()).toEqual([]);
    const asked = await Promise.all(
      Array.from({ length: 3 }, () => create(fleet, { attributes: { pause_ms: '60000' } })),
    );
    const baking = async () => {
      const { workers } = (await call(`${fleet.url}/workers`)).json as { workers: { baking: string[] }[] };
      return workers.flatMap((worker) => worker.baking).length;
    };
    await until(async () => (await baking()) === 2, 'both workers to bake');

    const hosts = await stillBaking();
    expect(hosts).toEqual([hostname(), hostname(), hostname()]);
    const { json } = await call(`${fleet.url}/status/all`);
    const { instance, instances } = json as { instance: string; instances: Record<string, { bakes: unknown[] }> };
    expect(instances[instance]?.bakes).toHaveLength(1);

    for (const { id } of asked) await call(`${fleet.url}/api/v1/x/cancel/${id}`);
    await until(async () => (await stillBaking()).length === 0, 'all to be cleared away');
  });

  test('hears that there is no environment to read', async () => {
    expect((await call(`${fleet.url}/resolvedEnv`)).status).toBe(404);
  });
});
