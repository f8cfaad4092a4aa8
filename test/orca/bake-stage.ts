import { BakeDetails, type BakeStatus, parsed } from './answers.ts';
import type { ChildStage } from './body.ts';
import type { Call } from './call.ts';
import { create } from './create-task.ts';
import type { Execution } from './execution.ts';
import { type Ended, persist, type Step } from './persist.ts';
import { isGood, reactTo } from './reaction.ts';
import { explain, readStatus, troubleOf, unreadable } from './trouble.ts';
import type { Ask } from './wire.ts';

/** What later stages of the pipeline read of a bake. */
export interface Outputs {
  ami: string | null;
  imageId: string | null;
  imageName: string | null;
  baseAmiId: string | null;
  artifacts: readonly NonNullable<BakeDetails['artifact']>[];
}

/** A bake stage's part in one region, when it is over. */
export type StageEnd = {
  region: string;
  tookMs: number;
  /** The bakery had the image at once. */
  previouslyBaked: boolean;
  /** The status that it saw last; absent where no bake was taken. */
  last: BakeStatus | undefined;
} & ({ status: 'SUCCEEDED'; outputs: Outputs } | { status: 'TERMINAL'; because: string });

/** How long Orca waits, in milliseconds. */
export interface Pace {
  /** Between two polls, and before a task is begun again. */
  backOffMs: number;
  betweenTriesMs: number;
  createLimitMs: number;
  monitorLimitMs: number;
}

export const ORCAS_PACE: Pace = {
  backOffMs: 30_000,
  betweenTriesMs: 2_000,
  createLimitMs: 5 * 60_000,
  monitorLimitMs: 60 * 60_000,
};

export interface Around {
  execution: Execution;
  ask: Ask;
  pace: Pace;
}

/** Runs the tasks of a bake stage in one region: create, monitor, completed. Ends whatever the bakery does. */
export async function bakeInRegion(child: ChildStage, around: Around): Promise<StageEnd> {
  const begun = performance.now();
  const memory: Memory = { previouslyBaked: false, status: undefined };
  const over = await runTasks(child, { ...around, memory });
  const { previouslyBaked, status: last } = memory;
  const end = { region: child.region, previouslyBaked, last, tookMs: Math.round(performance.now() - begun) };
  return over.is === 'done'
    ? { ...end, status: 'SUCCEEDED', outputs: over.value }
    : { ...end, status: 'TERMINAL', because: over.because };
}

/** What a stage's context holds from one task to the next. */
interface Memory {
  previouslyBaked: boolean;
  status: BakeStatus | undefined;
}

interface Tasks extends Around {
  memory: Memory;
}

async function runTasks(child: ChildStage, tasks: Tasks): Promise<Ended<Outputs>> {
  const { backOffMs, createLimitMs, monitorLimitMs } = tasks.pace;
  const created = await persist(() => createBake(child, tasks), { backOffMs, limitMs: createLimitMs });
  if (created.is !== 'done') return created;
  const monitored = await persist(() => monitor(child, tasks), { backOffMs, limitMs: monitorLimitMs });
  if (monitored.is !== 'done') return monitored;
  return persist(() => lookUpDetails(child, tasks), { backOffMs, limitMs: monitorLimitMs });
}

async function createBake(child: ChildStage, { execution, ask, pace, memory }: Tasks): Promise<Step<true>> {
  const created = await create(child, { execution, ask, betweenTriesMs: pace.betweenTriesMs });
  if (created.is !== 'done') return created;
  memory.status = created.value;
  memory.previouslyBaked = created.value.state === 'COMPLETED';
  return { is: 'done', value: true };
}

/** One poll. */
async function monitor(child: ChildStage, tasks: Tasks): Promise<Step<true>> {
  const { ask, memory } = tasks;
  const call: Call = { name: 'status', method: 'GET', path: `/api/v1/${child.region}/status/${memory.status?.id}` };
  const answer = await ask(call);
  const httpStatus = answer.ok ? answer.value.status : undefined;
  const status = readStatus(answer);
  if (isGood(httpStatus) && !status) return unreadable(call, answer);

  const reaction = reactTo({ previousState: memory.status?.state, httpStatus, ...status });
  if (status) memory.status = status;
  const because = status ? `the bake is ${status.state}, ${status.result}` : explain(call, answer);
  switch (reaction) {
    case 'SUCCEEDED':
      return { is: 'done', value: true };
    case 'TERMINAL':
      return { is: 'terminal', because };
    case 'RUNNING':
      return { is: 'again', because };
    case 'REBAKE': {
      const created = await createBake(child, tasks);
      return created.is === 'done' ? { is: 'again', because: 'it was cancelled early, and bakes again' } : created;
    }
  }
}

async function lookUpDetails({ region }: ChildStage, { ask, memory }: Tasks): Promise<Step<Outputs>> {
  const call: Call = { name: 'details', method: 'GET', path: `/api/v1/${region}/bake/${memory.status?.resource_id}` };
  const answer = await ask(call);
  if (!answer.ok || !isGood(answer.value.status)) return troubleOf(call, answer);
  const details = BakeDetails.safeParse(parsed(answer.value.body));
  return details.success ? { is: 'done', value: toOutputs(details.data) } : unreadable(call, answer);
}

function toOutputs({ ami, image_name, ami_name, artifact, base_ami }: BakeDetails): Outputs {
  const image = ami ?? image_name ?? null;
  return {
    ami: image,
    imageId: image,
    imageName: image_name ?? ami_name ?? null,
    baseAmiId: base_ami ?? null,
    artifacts: artifact ? [artifact] : [],
  };
}
