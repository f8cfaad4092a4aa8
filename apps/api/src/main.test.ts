import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OwnRedis, startOwnRedis } from '../../../test/support/redis-server.ts';

let home: string;
let started: ChildProcess[];
// A process has no prefix of its own, so it has a Redis of its own.
let redis: OwnRedis;

beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(() => redis.remove());

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bakehouse-api-'));
  started = [];
});
afterEach(async () => {
  for (const { pid } of started) killGroup(pid);
  await rm(home, { recursive: true, force: true });
});

test.each(['SIGTERM', 'SIGINT'] as const)('it says where it is, serves, and on %s is gone with 0', async (signal) => {
  const api = await start({});
  const url = await api.url();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(`${url}/ready`)).status).toBe(200);

  api.child.kill(signal);

  expect(await api.exit).toBe(0);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test('a stop that npm is told of reaches it, and is one stop however often it is passed on', async () => {
  const api = await start({}, { command: ['npm', 'run', 'api'] });
  const url = await api.url();

  // One for npm, which passes it on; one for all of its group, as a supervisor may send it.
  api.child.kill('SIGTERM');
  process.kill(-(api.child.pid ?? 0), 'SIGTERM');

  expect(await api.exit).toBe(0);
  await expect.poll(() => fetch(`${url}/health`).catch(() => 'gone'), { timeout: 5000 }).toBe('gone');
});

test('a stop finishes what is in hand and ends the streams that are open', async () => {
  const api = await start({});
  const url = await api.url();
  const body = JSON.stringify({ provider: 'local', region: crypto.randomUUID(), base: 'bookworm' });
  const taken = await fetch(`${url}/bakes`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  expect(taken.status).toBe(202);
  const { links } = (await taken.json()) as { links: { log: string } };
  const follower = await fetch(`${url}${links.log}`, { headers: { accept: 'text/event-stream' } });

  api.child.kill('SIGTERM');

  expect(await follower.text()).not.toContain('event: end');
  expect(await api.exit).toBe(0);
});

test('a port that is taken is refused by number', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };
  const api = await start({ PORT: String(port) });

  expect(await api.exit).toBe(1);
  expect(api.said()).toMatch(new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}; set HOST and PORT to a free one`));
  squatter.close();
});

test('settings that are wrong are refused with file and line', async () => {
  const api = await start({}, { settings: 'bakehouse:\n  attempts: many\n' });
  expect(await api.exit).toBe(1);
  expect(api.said()).toMatch(/settings\.yml:2: bakehouse\.attempts: /);
});

test('a classic key that means nothing here is told at the start, once, with the reason and without its value', async () => {
  const settings = 'redis: { connection: "redis://:hush@redis.example", timeout: 2000 }\n';
  const api = await start({ ROSCO_POLLING_POLLINGINTERVALSECONDS: '15' }, { settings });
  await api.url();
  const lines = api
    .said()
    .split('\n')
    .filter((line) => line.includes('a setting changes nothing'));
  expect(lines.map((line) => JSON.parse(line).setting)).toEqual([
    expect.stringMatching(/settings\.yml:1: redis\.connection: not needed here: .*REDIS_URL/),
    expect.stringMatching(/settings\.yml:1: redis\.timeout: not needed here: /),
    expect.stringMatching(
      /^environment ROSCO_POLLING_POLLINGINTERVALSECONDS: rosco\.polling.*: not needed here: .*nobody polls/,
    ),
  ]);
  expect(api.said()).not.toContain('hush');
});

test.each([
  ['BAKEHOUSE_SETTINGS', '/nowhere/x.yml', /settings file \/nowhere\/x\.yml cannot be read/],
  ['BAKEHOUSE_TEMPLATES', '/nowhere', /template directory \/nowhere cannot be read/],
  ['PORT', 'eighty', /PORT: /],
])('%s that leads nowhere is refused by name', async (name, value, message) => {
  const api = await start({ [name]: value });
  expect(await api.exit).toBe(1);
  expect(api.said()).toMatch(message);
});

test('it starts without a Redis, and says that it has none', async () => {
  const api = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
  const url = await api.url();
  expect((await fetch(`${url}/health`)).status).toBe(503);
  expect((await fetch(`${url}/catalogue`)).status).toBe(200);

  api.child.kill('SIGTERM');
  expect(await api.exit).toBe(0);
});

test('a Redis that may forget bakes is refused with the reason', async () => {
  const forgetful = await startOwnRedis(['--maxmemory-policy', 'allkeys-lru']);
  const api = await start({ REDIS_URL: forgetful.url });
  expect(await api.exit).toBe(1);
  expect(api.said()).toMatch(/maxmemory-policy/);
  await forgetful.remove();
});

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It left nothing behind.
  }
}

const SETTINGS = `
local:
  enabled: true
  bakeryDefaults:
    baseImages:
      - baseImage: { id: bookworm, packageType: deb }
        virtualizationSettings: { sourceImage: bookworm }
`;

const ITSELF = [process.execPath, '--import', 'tsx', path.join(import.meta.dirname, 'main.ts')];

async function start(environment: Record<string, string>, { settings = SETTINGS, command = ITSELF } = {}) {
  const file = path.join(home, 'settings.yml');
  await writeFile(file, settings);
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    // Of its own group, so that what it leaves behind can be ended with it.
    detached: true,
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redis.url,
      PORT: '0',
      BAKEHOUSE_SETTINGS: file,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const url = async () => {
    const listening = () => said.split('\n').find((line) => line.includes('"listening"'));
    await expect.poll(listening, { timeout: 20_000 }).toBeDefined();
    return JSON.parse(listening() ?? '{}').url as string;
  };
  return { child, exit, url, said: () => said };
}
