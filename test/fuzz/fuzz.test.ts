import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unownedKeys } from '../../packages/queue/src/testing/unowned-keys.ts';
import { aMark, create, ends, startClassicFleet } from '../support/classic.ts';
import type { Fleet } from '../support/fleet.ts';
import { callsOf, type OpenApi } from './document.ts';
import { type FuzzedRequest, type Known, requestsOver } from './requests.ts';
import { type Outcome, send } from './send.ts';

/** `FUZZ_REQUESTS` and `FUZZ_SEED` say how many, and which; a failure says the seed and the request. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 5_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Nothing takes that long on a machine that is not standing still. */
const WITHIN_MS = 20_000;
const AT_ONCE = 8;

let fleet: Fleet;
let document: OpenApi;
let known: Known;
beforeAll(async () => {
  fleet = await startClassicFleet({ LOG_LEVEL: 'warn', BAKEHOUSE_SLOTS: '1' });
  document = (await (await fetch(`${fleet.url}/docs/json`)).json()) as OpenApi;
  const { id } = await create(fleet, {});
  await ends(fleet, id);
  const other = await create(fleet, { request_id: 'of-somebody' });
  known = { words: knownWords([id, other.id, 'nobody']), bodies: BODIES };
}, 60_000);
afterAll(() => fleet.stop(), 60_000);

/** Words that this fleet knows, by the names of members and parameters in both families of calls. */
const knownWords = (ids: readonly string[]) => ({
  id: ids,
  region: ['eu-south-1', 'us-east-2', 'global'],
  provider: ['aws', 'docker', 'gce', 'oracle', 'local'],
  cloud_provider_type: ['aws', 'docker', 'gce', 'oracle', 'azure'],
  base: ['noble', 'trixie', 'alma', 'bookworm'],
  base_os: ['noble', 'trixie', 'alma', 'jammy'],
  image: ['noble', 'trixie', 'ami-0'],
  packages: [['hello'], ['hello', 'world']],
  package: ['lantern', 'lantern wick'],
  rebake: ['1'],
  type: ['HELM3'],
});

const CLASSIC = [
  { cloud_provider_type: 'aws', base_os: 'noble', package: 'lantern' },
  { cloud_provider_type: 'docker', base_os: 'trixie', package: 'lantern wick' },
  { cloud_provider_type: 'gce', base_os: 'alma', account_name: 'east' },
];
const NATIVE = [
  { provider: 'aws', region: 'eu-south-1', base: 'noble' },
  { provider: 'docker', region: 'global', base: 'trixie' },
  { provider: 'local', region: 'here', base: 'bookworm' },
];
const BODIES = {
  'POST /api/v1/{region}/bake': CLASSIC,
  'DELETE /api/v1/{region}/bake': CLASSIC,
  'POST /plan/classic/{region}': CLASSIC,
  'POST /bakes': NATIVE,
  'POST /plan': NATIVE,
};

test(`${REQUESTS} requests over the OpenAPI document (FUZZ_SEED=${SEED}) are all answered as it says, and leave nothing behind`, async () => {
  const statusesOf = new Map(callsOf(document).map(({ method, path: at, statuses }) => [`${method} ${at}`, statuses]));
  const requests = fc.sample(requestsOver(document, known), { numRuns: REQUESTS, seed: SEED });
  const begun = performance.now();
  const outcomes = await sendAll(requests);
  const seconds = (performance.now() - begun) / 1000;

  const wrong = requests.flatMap((request, index) => {
    const outcome = outcomes[index] ?? { trouble: 'it was never sent' };
    const complaint = complaintOf(request, outcome, statusesOf.get(request.like) ?? []);
    return complaint === undefined ? [] : [{ index, complaint, ...shown(request) }];
  });
  const bakes = await bakesAsked();
  console.log(`${summaryOf(outcomes, seconds)}; ${bakes} bakes asked for`);
  expect(wrong.slice(0, 10), `${wrong.length} of them, FUZZ_SEED=${SEED}`).toEqual([]);
  expect(fleet.api().exitCode, 'the api lives').toBeNull();
  expect(await loggedErrors(), `FUZZ_SEED=${SEED}`).toEqual([]);

  expect(bakes, 'good requests are among them').toBeGreaterThan(REQUESTS / 200);

  await settle();
  expect(await unownedKeys(fleet.redisUrl), `FUZZ_SEED=${SEED}`).toEqual([]);
}, 300_000);

test('a bake still goes through after all that', async () => {
  const { id } = await create(fleet, { attributes: { mark: aMark() } });
  expect(await ends(fleet, id)).toMatchObject({ state: 'COMPLETED' });
});

async function sendAll(requests: readonly FuzzedRequest[]): Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const outcomes: Outcome[] = [];
  const left = requests.entries();
  const sendOn = async () => {
    for (const [index, request] of left)
      outcomes[index] = await send(request, { url: fleet.url, agent, withinMs: WITHIN_MS });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  agent.destroy();
  return outcomes;
}

/** A request that is no longer like any call may get any refusal; one that is gets what the document says, and the server's own refusals of what is no request. */
function complaintOf({ method, like, target }: FuzzedRequest, outcome: Outcome, statuses: readonly string[]) {
  if ('trouble' in outcome) return outcome.trouble;
  const { status } = outcome;
  const isByDesign = [501, 508].includes(status) && target.startsWith('/api/v2/');
  if (status >= 500 && !isByDesign) return `answered with ${status}`;
  const isLike = method === like.split(' ')[0];
  if (!isLike || statuses.includes(String(status)) || statuses.includes('default')) return undefined;
  return NOT_HTTP.includes(status)
    ? undefined
    : `answered with ${status}, and the document says ${statuses.join(', ')}`;
}

/** What any path may be answered that is spoiled, or too long. */
const NOT_HTTP = [400, 404, 405, 414, 431];

const shown = ({ method, target, headers, body = '' }: FuzzedRequest) => ({
  call: `${method} ${target.slice(0, 300)}`,
  headers,
  body: body.length > 1000 ? `${body.slice(0, 1000)}… (${body.length})` : body,
});

function summaryOf(outcomes: readonly Outcome[], seconds: number): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const word = 'status' in outcome ? String(outcome.status) : 'trouble';
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const slowest = Math.max(...outcomes.map((outcome) => ('ms' in outcome ? outcome.ms : 0)));
  const told = [...counts].sort().map(([word, count]) => `${count} × ${word}`);
  return `fuzz: ${outcomes.length} requests in ${seconds.toFixed(1)} s, slowest ${slowest.toFixed(0)} ms, seed ${SEED}: ${told.join(', ')}`;
}

async function loggedErrors(): Promise<string[]> {
  const log = await readFile(path.join(fleet.directory, 'api.log'), 'utf8');
  return log.split('\n').filter((line) => /"level":(50|60)|^(?!\{)./.test(line));
}

async function bakesAsked(): Promise<number> {
  const metrics = await (await fetch(`${fleet.url}/metrics`)).text();
  const counts = metrics.matchAll(/^bakehouse_bakes_requested_total\{flavor="(?:plain|rebake)"\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Cancels what has not ended, and waits until it has. */
async function settle(): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { bakes } = (await (await fetch(`${fleet.url}/status/instance`)).json()) as { bakes: { id: string }[] };
    const live = (
      (await (await fetch(`${fleet.url}/metrics`)).text()).match(
        /^bakehouse_bakes\{state="(waiting|baking)"\} (\d+)$/gm,
      ) ?? []
    ).join();
    if (bakes.length === 0 && !/ [1-9]/.test(live)) return;
    await Promise.all(bakes.map(({ id }) => fetch(`${fleet.url}/bakes/${id}`, { method: 'DELETE' })));
    await sleep(200);
  }
  throw new Error('bakes that were cancelled did not end');
}
