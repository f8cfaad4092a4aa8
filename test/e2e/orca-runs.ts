import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { StageEnd } from '../orca/bake-stage.ts';
import { type Latencies, openLatencies } from '../orca/latencies.ts';
import { type Pipeline, type PipelineEnd, runPipeline } from '../orca/pipeline.ts';
import type { Row } from '../orca/table.ts';
import type { Fleet } from '../support/fleet.ts';
import { find } from './bakes.ts';

/** Pipelines that ran at once, and what is to be shown of them. */
export interface Played {
  ends: readonly PipelineEnd[];
  row: Row;
}

/** A pipeline of a scenario, wherever it will run. */
export type Part = Omit<Pipeline, 'url'>;

export interface Scenario {
  fleet: Fleet;
  parts: readonly Part[];
  /** Begins when the pipelines do; what it runs itself counts in. */
  meanwhile?: (run: Run) => Promise<PipelineEnd[]>;
}

/**
 * Runs pipelines at once as Orca does, but for the pause between polls, which is a second. A stage that hangs is given up after two minutes. Then
 * sees that every stage ended as its bake did, and that nothing was answered that would have ended one.
 */
export async function play(scenario: string, { fleet, parts, meanwhile = async () => [] }: Scenario): Promise<Played> {
  const begun = performance.now();
  const latencies = openLatencies();
  const run: Run = (some) => Promise.all(some.map((part) => runOne(part, { fleet, latencies })));
  const ends = (await Promise.all([run(parts), meanwhile(run)])).flat();
  const stages = ends.flatMap((end) => end.stages);
  const played = {
    ends,
    row: { scenario, pipelines: ends.length, stages, latencies, tookMs: performance.now() - begun },
  };
  await expectHonest(played, fleet);
  return played;
}

const runOne = (part: Part, { fleet: { url }, latencies }: { fleet: Fleet; latencies: Latencies }) =>
  runPipeline(
    { ...part, url },
    {
      now: new Date(),
      executionId: crypto.randomUUID(),
      latencies,
      pace: { backOffMs: 1_000, createLimitMs: 120_000, monitorLimitMs: 120_000 },
    },
  );

/** Runs more pipelines beside the others of a scenario. */
type Run = (parts: readonly Part[]) => Promise<PipelineEnd[]>;

/** A pipeline whose image is made by a template that sleeps, exits and notes down that it ran, as it is told. */
export function anImage(
  { directory }: Fleet,
  {
    mark,
    seconds = 1,
    exit = 0,
    ...context
  }: { mark: string; seconds?: number; exit?: number; [more: string]: unknown },
): Part {
  return {
    context: {
      cloudProviderType: 'local',
      baseOs: 'bookworm',
      package: 'hello',
      regions: ['eu-south-1', 'eu-west-3', 'us-east-2'],
      templateFileName: 'pipeline-image.json',
      extendedAttributes: { mark, seconds: String(seconds), exit: String(exit), runs: path.join(directory, 'runs') },
      ...context,
    },
  };
}

/** A pipeline for a cloud with regions; the fake Packer makes `ami-<mark>` in each. */
export const anAmi = ({ mark }: { mark: string }): Part => ({
  context: {
    cloudProviderType: 'aws',
    baseOs: 'jammy',
    package: 'hello',
    vmType: 'hvm',
    region: 'us-east-1',
    regions: ['us-west-2'],
    templateFileName: 'pipeline-ami.json',
    extendedAttributes: { mark },
  },
  deploysTo: ['us-east-1', 'eu-west-1'],
});

/** How often Packer was run for each mark. */
export async function runsOf({ directory }: Fleet): Promise<Record<string, number>> {
  const marks = (await readFile(path.join(directory, 'runs'), 'utf8').catch(() => '')).split('\n');
  const counts: Record<string, number> = {};
  for (const mark of marks) if (mark !== '') counts[mark] = (counts[mark] ?? 0) + 1;
  return counts;
}

/** A good stage has its image and artifact, another the words for failure; no call failed as a call that the bakery could not answer. */
async function expectHonest({ ends, row }: Played, fleet: Fleet): Promise<void> {
  for (const { stages, cleanedUp } of ends)
    for (const stage of stages) {
      expect(stage.last, JSON.stringify(stage)).toBeDefined();
      if (stage.status === 'TERMINAL') expect(stage.last).toMatchObject({ state: 'CANCELED', result: 'FAILURE' });
      // What a pipeline gave back may be gone.
      if (!cleanedUp) await expectEndOfBake(stage, fleet);
    }
  for (const call of ['create', 'status', 'details', 'options'] as const) {
    const others = Object.keys(row.latencies.answers(call)).filter((answer) => !HARMLESS.includes(answer));
    expect([call, others]).toEqual([call, []]);
    expect(row.latencies.worst(call) ?? 0).toBeLessThan(30_000);
  }
}

async function expectEndOfBake(stage: StageEnd, fleet: Fleet): Promise<void> {
  const bake = await find(fleet, stage.last?.id ?? '');
  expect([stage.last?.id, bake.state, stage.status]).toEqual([bake.id, bake.state, ENDS_AS[bake.state]]);
  if (stage.status !== 'SUCCEEDED' || bake.state !== 'baked') return;
  const { ami, imageId, artifacts } = stage.outputs;
  expect(bake.artifacts.map(({ reference }) => reference)).toContain(ami);
  expect(imageId).toBe(ami);
  expect(artifacts).toMatchObject([{ reference: ami, type: `${bake.recipe.provider}/image` }]);
}

/** Whatever happens to the bakery: Orca ends a stage at a 500, and at a 400 or 404 to a request that is good. */
const HARMLESS = ['200', '503', 'no answer'];

const ENDS_AS = { waiting: '-', baking: '-', baked: 'SUCCEEDED', failed: 'TERMINAL', cancelled: 'TERMINAL' } as const;
