import { bakeInRegion, ORCAS_PACE, type Outputs, type Pace, type StageEnd } from './bake-stage.ts';
import type { Execution, Trigger } from './execution.ts';
import { type FannedOut, fanOut } from './fan-out.ts';
import { type Latencies, openLatencies } from './latencies.ts';
import { openWire } from './wire.ts';

/** A pipeline whose first stage is a bake, and whose later ones deploy to some regions. */
export interface Pipeline extends FannedOut {
  url: string;
  trigger?: Trigger;
  application?: string;
  user?: string;
  /** Orca's `bakery-pipeline-dependency-cleanup.enabled`. */
  cleansUp?: boolean;
  /** Orca's `stages.bake.failOnImageNameMismatch`. */
  failsOnOtherNames?: boolean;
}

export interface Surroundings {
  now: Date;
  executionId: string;
  pace?: Partial<Pace>;
  latencies?: Latencies;
}

/** A pipeline's bake when it is over, in every region. */
export interface PipelineEnd {
  executionId: string;
  status: StageEnd['status'];
  stages: readonly StageEnd[];
  /** What deploy stages are offered: one entry for each region with an image. */
  deploymentDetails: readonly (Outputs & { region: string })[];
  /** How the bulk delete was answered, where there was one; no status is no answer. */
  cleanedUp?: { status: number | undefined; body: string };
}

/** Runs one: the bake stage fans out over its regions, whose images all bear one time in their names. */
export async function runPipeline(pipeline: Pipeline, surroundings: Surroundings): Promise<PipelineEnd> {
  const { now, executionId, pace = {}, latencies = openLatencies() } = surroundings;
  const { url, trigger = {}, user = 'anonymous', application = 'orca' } = pipeline;
  const ask = openWire({
    url,
    latencies,
    headers: {
      'X-SPINNAKER-EXECUTION-ID': executionId,
      'X-SPINNAKER-EXECUTION-TYPE': 'pipeline',
      'X-SPINNAKER-USER': user,
      'X-SPINNAKER-APPLICATION': application,
    },
  });
  const children = fanOut(pipeline, { now, executionId });
  const execution: Execution = { type: 'PIPELINE', trigger, stages: children.map(({ stage }) => stage) };
  const around = { execution, ask, pace: { ...ORCAS_PACE, ...pace } };
  const stages = await Promise.all(children.map((child) => bakeInRegion(child, around)));

  const deploymentDetails = stages.flatMap((stage) =>
    stage.status === 'SUCCEEDED' && stage.outputs.imageId !== null ? [{ region: stage.region, ...stage.outputs }] : [],
  );
  const areAlike = new Set(deploymentDetails.map(({ imageName }) => imageName)).size <= 1;
  const isGoodAll = stages.every(({ status }) => status === 'SUCCEEDED') && (areAlike || !pipeline.failsOnOtherNames);
  const end = { executionId, status: isGoodAll ? 'SUCCEEDED' : 'TERMINAL', stages, deploymentDetails } as const;
  if (!pipeline.cleansUp) return end;

  const body = { pipelineExecutionIds: [executionId] };
  const answer = await ask({ name: 'delete', method: 'POST', path: '/api/v1/bakes/delete-requests', body });
  return { ...end, cleanedUp: answer.ok ? answer.value : { status: undefined, body: answer.no.because } };
}
