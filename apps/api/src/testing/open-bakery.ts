import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Artifact, openCatalogue, readSettings, type SealingKey, type TemplateTree } from '@bakehouse/bake';
import {
  type BakeEnd,
  type BakeInHand,
  type BakeQueue,
  type ConsumerOptions,
  consumeBakes,
  openQueue,
} from '@bakehouse/queue';
import { pino } from 'pino';
import type { FindImages } from '../find-images.ts';
import { openMeters } from '../meters.ts';
import type { Api } from '../parts.ts';
import { buildServer } from '../server.ts';

/** The api of a test: a real server over a real queue with keys of its own, and a worker when the test wants one. */
export interface TestBakery {
  api: Api;
  queue: BakeQueue;
  /** Of all its keys in Redis. */
  prefix: string;
  /** Lines the api has logged. */
  logged: Record<string, unknown>[];
  /** A worker without a Packer: says what `variables.say` says, ends as `variables.end` says, and copies to where `variables.copy_to_1` says; unless it is told otherwise. */
  startWorker: (but?: Partial<Pick<ConsumerOptions, 'bake' | 'lanes' | 'workerId'>>) => Promise<void>;
  /** Polls a bake until it is in that state. */
  reach: (id: string, state: string) => Promise<void>;
  close: () => Promise<void>;
}

/** A request that the bakery takes. */
export const aRequest = (members: object = {}) => ({
  provider: 'local',
  region: 'here',
  base: 'bookworm',
  packages: ['hello'],
  ...members,
});

const SETTINGS = `
defaultCloudProviderType: local
docker:
  enabled: true
  bakeryDefaults:
    targetRepository: registry.example/team
    baseImages:
      - baseImage: { id: trixie, shortDescription: "13", detailedDescription: Debian 13, packageType: deb }
        virtualizationSettings: { sourceImage: 'debian:trixie' }
local:
  enabled: true
  bakeryDefaults:
    baseImages:
      - baseImage: { id: bookworm, shortDescription: "12", detailedDescription: Debian 12, packageType: DEB }
        virtualizationSettings: { sourceImage: bookworm }
bakehouse:
  lanes: { default: {}, slow: { cap: 2 } }
`;

const template = (path: string, content: string) =>
  [path, { path, executable: false, content: Buffer.from(content).toString('base64') }] as const;

const TEMPLATES: TemplateTree = new Map([
  template('local.json', '{"builders": [{"type": "null"}]}'),
  template('docker.json', '{"builders": [{"type": "docker"}]}'),
  template('vars.json', '{"a": "b"}'),
]);

/** `more` are settings that lie over those of all tests. */
export async function openBakery(
  redisUrl: string,
  {
    more = '',
    findImages,
    sealing,
    templates = TEMPLATES,
    instance = `${randomUUID()}@api`,
  }: {
    more?: string;
    findImages?: FindImages;
    sealing?: SealingKey;
    templates?: TemplateTree;
    instance?: string;
  } = {},
): Promise<TestBakery> {
  const prefix = `{test-${randomUUID()}}`;
  const texts = [SETTINGS, more].map((text, index) => ({ name: `${index}.yml`, text }));
  const settings = readSettings(texts, {});
  if (!settings.ok) throw new Error(JSON.stringify(settings.no));
  const onTrouble = () => undefined;
  const meters = openMeters();
  const { bakery: own } = settings.value;
  const queue = await openQueue({ redisUrl, prefix, settings: own, onTrouble, onEnd: meters.ended });
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const api = buildServer({
    catalogue: openCatalogue(settings.value),
    findImages,
    queue,
    templates: async () => templates,
    sealing,
    newNonce: () => randomBytes(12),
    meters,
    log,
    instance,
    now: () => new Date(),
    newId: randomUUID,
  });
  const closing = [() => api.close(), () => queue.close()];

  const startWorker: TestBakery['startWorker'] = async (but = {}) => {
    const worker = await consumeBakes({
      redisUrl,
      prefix,
      workerId: `${randomUUID()}@test`,
      lanes: ['default'],
      slots: 4,
      packer: 'none',
      bake,
      onTrouble,
      ...but,
    });
    closing.unshift(async () => {
      worker.stopNow();
      await worker.drain();
      await worker.close();
    });
  };
  const reach = async (id: string, state: string) => {
    for (let tries = 0; tries < 1000; tries++) {
      if ((await queue.find(id))?.state === state) return;
      await sleep(20);
    }
    throw new Error(`bake ${id} did not become ${state} within 20 s: ${JSON.stringify(await queue.find(id))}`);
  };
  const close = async () => {
    for (const end of closing) await end();
  };
  return { api, queue, prefix, logged, startWorker, reach, close };
}

async function bake({ recipe, signal, say }: BakeInHand): Promise<BakeEnd> {
  const { variables, imageName, region } = recipe;
  await say(String(variables['say'] ?? 'baking').split('\n'));
  if (variables['end'] === 'never') {
    while (!signal.aborted) await sleep(20);
    return 'stopped';
  }
  if (variables['end'] === 'late') {
    while (!signal.aborted) await sleep(20);
    await sleep(500);
  }
  if (variables['end'] === 'failed') {
    const failure = { class: 'package' as const, message: 'no such package', evidence: ['E: hello'] };
    return { outcome: { ok: false, no: { ...failure, next: 'ask for another', leftovers: false } } };
  }
  const madeIn = (location: string, reference: string): Artifact => ({
    type: `${recipe.provider}/image`,
    location,
    reference,
    name: imageName,
  });
  const image = madeIn(region, `/images/${imageName}.tar`);
  const copies = [variables['copy_to_1']].flatMap((to) =>
    typeof to === 'string' ? [madeIn(to, `/copies/${imageName}.tar`)] : [],
  );
  return { outcome: { ok: true, value: [image, ...copies] } };
}
