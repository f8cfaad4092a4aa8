import { access } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StageEnd } from '../orca/bake-stage.ts';
import { type Row, tableOf } from '../orca/table.ts';
import { type Fleet, startFleet, until } from '../support/fleet.ts';
import { processesAbout, whatIsLeftOf } from '../support/what-is-left.ts';
import { find } from './bakes.ts';
import { anAmi, anImage, type Played, play, runsOf, type Scenario } from './orca-runs.ts';

const MINUTE = 60_000;
const isShort = process.env['E2E_SHORT'] !== undefined;
const PIPELINES = isShort ? 8 : 20;
/** Of both workers. */
const SLOTS = 8;
const OUTAGE_MS = 20_000;
const environment = {
  BAKEHOUSE_TEMPLATES: path.join(import.meta.dirname, '../orca/templates'),
  BAKEHOUSE_SLOTS: String(SLOTS / 2),
};

const rows: Row[] = [];
const fleets: Fleet[] = [];
const aFleet = async (more: Record<string, string> = {}): Promise<Fleet> => {
  const started = await startFleet({ workers: 2, environment: { ...environment, ...more } });
  fleets.push(started);
  return started;
};

let fleet: Fleet;
beforeAll(async () => {
  fleet = await aFleet();
}, MINUTE);
afterAll(async () => {
  console.log(`\n${tableOf(rows)}\n`);
  const stopped = await Promise.allSettled(fleets.map((each) => each.stop()));
  expect(stopped.filter(({ status }) => status === 'rejected')).toEqual([]);
  for (const { directory } of fleets) expect(await whatIsLeftOf(directory)).toEqual([]);
}, MINUTE);

test(
  'good bakes: every stage has its image, and each image is baked once for all regions',
  async () => {
    const marks = named('good');
    const played = await show('good', { parts: marks.map((mark) => anImage(fleet, { mark })) });

    expect(resultsOf(played)).toEqual(['SUCCEEDED']);
    expect(await runsOf(fleet)).toMatchObject(each(marks, 1));
    for (const { stages, deploymentDetails } of played.ends) {
      expect(stages).toHaveLength(3);
      expect(deploymentDetails.map(({ region }) => region)).toEqual(['eu-south-1', 'eu-west-3', 'us-east-2']);
      expect(new Set(deploymentDetails.map(({ imageName }) => imageName)).size).toBe(1);
      for (const { imageId } of deploymentDetails) await access(imageId ?? '');
    }
  },
  MINUTE,
);

test(
  'good bakes of a cloud with regions: each region has an image of its own',
  async () => {
    const packer = path.join(import.meta.dirname, '../fake-packer/packer');
    const clouds = await aFleet({ PACKER_BIN: packer, AWS_ENABLED: 'true' });
    const marks = Array.from({ length: PIPELINES }, (_, index) => String(index).padStart(8, '0'));
    const played = await show('good, aws (fake Packer)', {
      where: clouds,
      parts: marks.map((mark) => anAmi({ mark })),
    });

    expect(resultsOf(played)).toEqual(['SUCCEEDED']);
    expect(idsOf(played)).toHaveLength(3 * PIPELINES);
    for (const [index, { deploymentDetails }] of played.ends.entries())
      for (const { region, ami, artifacts } of deploymentDetails) {
        expect(ami).toBe(`ami-${marks[index]}`);
        expect(artifacts).toMatchObject([{ type: 'aws/image', location: region, reference: ami }]);
      }
    for (const id of idsOf(played)) expect((await find(clouds, id)).attempts).toBe(1);
  },
  2 * MINUTE,
);

test(
  'failing bakes: every stage fails, and none is tried twice',
  async () => {
    const marks = named('failing');
    const played = await show('failing', { parts: marks.map((mark) => anImage(fleet, { mark, seconds: 3, exit: 3 })) });

    expect(resultsOf(played)).toEqual(['TERMINAL']);
    expect(played.ends.flatMap(({ deploymentDetails }) => deploymentDetails)).toEqual([]);
    for (const id of idsOf(played)) expect((await find(fleet, id)).state).toBe('failed');
    expect(await runsOf(fleet)).toMatchObject(each(marks, 1));
  },
  MINUTE,
);

test(
  'duplicates: pipelines with one order share one bake, and so does one that comes later',
  async () => {
    const parts = Array.from({ length: PIPELINES }, () => anImage(fleet, { mark: 'duplicate', seconds: 2 }));
    const played = await show('duplicate', { parts });
    expect(resultsOf(played)).toEqual(['SUCCEEDED']);
    expect(idsOf(played)).toHaveLength(1);

    const later = await show('duplicate, later', { parts: parts.slice(0, 1) });
    expect(stagesOf(later)).toMatchObject(Array(3).fill({ status: 'SUCCEEDED', previouslyBaked: true }));
    expect(idsOf(later)).toEqual(idsOf(played));
    expect(await runsOf(fleet)).toMatchObject({ duplicate: 1 });
  },
  MINUTE,
);

test(
  'rebakes: what is baked is baked again, and that is what later pipelines get',
  async () => {
    const marks = named('rebake');
    const parts = (more: object) => marks.map((mark) => anImage(fleet, { mark, regions: ['eu-south-1'], ...more }));
    const first = await show('before a rebake', { parts: parts({}) });
    const again = await show('rebake', { parts: parts({ rebake: true }) });
    const later = await show('after a rebake', { parts: parts({}) });

    for (const played of [first, again, later]) expect(resultsOf(played)).toEqual(['SUCCEEDED']);
    expect(idsOf(again).filter((id) => idsOf(first).includes(id))).toEqual([]);
    expect(idsOf(later)).toEqual(idsOf(again));
    expect(stagesOf(later).every(({ previouslyBaked }) => previouslyBaked)).toBe(true);
    expect(await runsOf(fleet)).toMatchObject(each(marks, 2));
  },
  MINUTE,
);

test(
  'a rebake in the middle: the stage whose bake it ends fails, the one that asked for it has its image',
  async () => {
    const aPart = (more: object) =>
      anImage(fleet, { mark: 'superseded', seconds: 4, regions: ['eu-south-1'], ...more });
    const played = await show('rebake in the middle', {
      parts: [aPart({})],
      meanwhile: async (run) => {
        await until(async () => (await runsOf(fleet))['superseded'] === 1, 'the first to bake');
        return run([aPart({ rebake: true })]);
      },
    });
    expect(stagesOf(played).map(({ status }) => status)).toEqual(['TERMINAL', 'SUCCEEDED']);
    expect(await runsOf(fleet)).toMatchObject({ superseded: 2 });
  },
  MINUTE,
);

test(
  'cancelled bakes: every stage fails, wherever its bake was, and no Packer is left',
  async () => {
    const parts = named('cancel').map((mark) => anImage(fleet, { mark, seconds: 300 }));
    const played = await show('cancel', {
      parts,
      meanwhile: async () => {
        await until(async () => (await idsIn(fleet, 'baking')).length === SLOTS, 'all slots to bake');
        await until(async () => (await idsIn(fleet, 'waiting')).length === PIPELINES - SLOTS, 'the others to wait');
        for (const id of [...(await idsIn(fleet, 'waiting')), ...(await idsIn(fleet, 'baking'))]) {
          const answer = await fetch(`${fleet.url}/api/v1/anywhere/cancel/${id}`);
          expect([answer.status, await answer.text()]).toEqual([200, `Canceled bake '${id}'.`]);
        }
        return [];
      },
    });
    expect(resultsOf(played)).toEqual(['TERMINAL']);
    for (const id of idsOf(played)) expect((await find(fleet, id)).state).toBe('cancelled');
    await until(async () => (await processesAbout('MARK=cancel')).length === 0, 'every Packer to end');
  },
  MINUTE,
);

test(
  'the clean-up of a pipeline spares what another uses, and takes away what nobody uses',
  async () => {
    const part = anImage(fleet, { mark: 'cleaned' });
    const before = await show('clean-up', { parts: [part, { ...part, cleansUp: true }] });
    expect(resultsOf(before)).toEqual(['SUCCEEDED']);
    expect(before.ends[1]?.cleanedUp).toEqual({ status: 200, body: '' });
    const [id = ''] = idsOf(before);
    const statusOf = async () => (await fetch(`${fleet.url}/api/v1/anywhere/status/${id}`)).status;
    expect(await statusOf()).toBe(200);

    const first = before.ends[0]?.executionId;
    const answer = await fetch(`${fleet.url}/api/v1/bakes/delete-requests`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pipelineExecutionIds: [first, 'unknown'] }),
    });
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '0']);
    expect(await statusOf()).toBe(400);

    const after = await show('after a clean-up', { parts: [part] });
    expect(resultsOf(after)).toEqual(['SUCCEEDED']);
    expect(await runsOf(fleet)).toMatchObject({ cleaned: 2 });
  },
  MINUTE,
);

test.each(isShort ? (['gone'] as const) : (['gone', 'frozen'] as const))(
  'Redis %s for 20 s in the middle: bakes go on, creates wait, and every image is baked once',
  { timeout: 3 * MINUTE },
  async (how) => {
    const marks = named(`redis-${how}`);
    const [first, second, third] = [0, 1, 2].map((part) => marks.filter((_, index) => index % 3 === part));
    const played = await show(`Redis ${how} for 20 s`, {
      // Some end while it is away, some after.
      parts: (first ?? []).map((mark, index) =>
        anImage(fleet, { mark, seconds: index % 2 === 0 ? 3 : OUTAGE_MS / 1000 }),
      ),
      meanwhile: async (run) => {
        await until(async () => {
          const runs = await runsOf(fleet);
          return (first ?? []).every((mark) => runs[mark] === 1);
        }, 'every Packer to begin');
        const asked = run((second ?? []).map((mark) => anImage(fleet, { mark })));
        // So that it goes while some of these are being taken in.
        await pause(15);
        fleet.redis().kill(how === 'gone' ? 'SIGKILL' : 'SIGSTOP');
        const askedInVain = run((third ?? []).map((mark) => anImage(fleet, { mark })));
        await pause(OUTAGE_MS);
        if (how === 'gone') await fleet.startRedis();
        else fleet.redis().kill('SIGCONT');
        return [...(await asked), ...(await askedInVain)];
      },
    });
    expect(resultsOf(played)).toEqual(['SUCCEEDED']);
    for (const call of ['create', 'status'] as const) expect(played.row.latencies.answers(call)).toHaveProperty('503');
    expect(await runsOf(fleet)).toMatchObject(each(marks, 1));
  },
);

test.each(isShort ? (['SIGKILL'] as const) : (['SIGKILL', 'SIGTERM'] as const))(
  'the api restarted in the middle by %s: no bake is lost and none is baked twice',
  { timeout: 3 * MINUTE },
  async (signal) => {
    const marks = named(signal);
    const [first, second] = [marks.slice(0, PIPELINES / 2), marks.slice(PIPELINES / 2)];
    const played = await show(`api restarted, ${signal}`, {
      parts: first.map((mark) => anImage(fleet, { mark, seconds: 4 })),
      meanwhile: async (run) => {
        await until(async () => (await idsIn(fleet, 'baking')).length >= 1, 'one to bake');
        const more = run(second.map((mark) => anImage(fleet, { mark })));
        await pause(15);
        fleet.api().kill(signal);
        await until(async () => fleet.api().exitCode !== null || fleet.api().signalCode !== null, 'the api to end');
        await fleet.startApi();
        return more;
      },
    });
    expect(resultsOf(played)).toEqual(['SUCCEEDED']);
    expect(played.row.latencies.answers('status')).toHaveProperty('no answer');
    expect(await runsOf(fleet)).toMatchObject(each(marks, 1));
  },
);

test(
  'a worker killed in the middle: others bake what it had in hand, and that alone twice',
  async () => {
    const own = await aFleet({ BAKEHOUSE_LOCK_SECONDS: '5' });
    const lost: string[] = [];
    const played = await show('worker killed', {
      where: own,
      parts: named('worker').map((mark) => anImage(own, { mark, seconds: 8 })),
      meanwhile: async () => {
        await until(async () => Object.keys(await runsOf(own)).length === SLOTS, 'all slots to bake');
        lost.push(...(await inHandsOfFirst(own)));
        own.workers[0]?.kill('SIGKILL');
        await own.startWorker();
        return [];
      },
    });

    expect(resultsOf(played)).toEqual(['SUCCEEDED']);
    expect(lost).toHaveLength(SLOTS / 2);
    const runs = await runsOf(own);
    for (const id of idsOf(played)) {
      const { recipe, attempts } = await find(own, id);
      expect([id, attempts]).toEqual([id, lost.includes(id) ? 2 : 1]);
      expect([id, runs[String(recipe.variables['mark'])]]).toEqual([id, attempts]);
    }
  },
  3 * MINUTE,
);

async function show(
  scenario: string,
  { where = fleet, ...how }: Omit<Scenario, 'fleet'> & { where?: Fleet },
): Promise<Played> {
  const played = await play(scenario, { fleet: where, ...how });
  rows.push(played.row);
  return played;
}

const named = (scenario: string): string[] =>
  Array.from({ length: PIPELINES }, (_, index) => `${scenario}-${index + 1}`);

const each = (marks: readonly string[], runs: number): Record<string, number> =>
  Object.fromEntries(marks.map((mark) => [mark, runs]));

const stagesOf = ({ ends }: Played): StageEnd[] => ends.flatMap(({ stages }) => stages);

const resultsOf = (played: Played): string[] => [...new Set(stagesOf(played).map(({ status }) => status))];

const idsOf = (played: Played): string[] => [...new Set(stagesOf(played).map(({ last }) => last?.id ?? ''))].sort();

async function idsIn({ url }: Fleet, state: string): Promise<string[]> {
  const answer = (await (await fetch(`${url}/bakes?state=${state}&limit=100`)).json()) as { bakes: { id: string }[] };
  return answer.bakes.map(({ id }) => id);
}

/** The bakes of the worker that was started first. */
async function inHandsOfFirst({ url }: Fleet): Promise<string[]> {
  const { workers } = (await (await fetch(`${url}/workers`)).json()) as {
    workers: { id: string; startedAt: string }[];
  };
  const [first] = workers.toSorted((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt));
  const { bakes } = (await (await fetch(`${url}/bakes?state=baking`)).json()) as {
    bakes: { id: string; worker: string }[];
  };
  return bakes.filter(({ worker }) => worker === first?.id).map(({ id }) => id);
}
