import type { Execution, Stage, Trigger } from './execution.ts';

/**
 * The first stage before this one that is wanted: nearest first, through the stages it waits for, the stage that made it, and the
 * pipeline that began its own. Throws where an execution speaks of a parent that it has not got.
 */
export function findAncestor(
  stage: Stage,
  execution: Execution,
  isWanted: (stage: Stage) => boolean,
): Stage | undefined {
  const { requisiteStageRefIds, parentStageId } = stage;
  if (requisiteStageRefIds && requisiteStageRefIds.length > 0) {
    const before = execution.stages.filter(({ refId }) => refId && requisiteStageRefIds.includes(refId));
    const children = execution.stages.filter(({ parentStageId: of }) => before.some(({ id }) => id === of));
    return (
      [...before, ...children].find(isWanted) ?? firstOf(before, (each) => findAncestor(each, execution, isWanted))
    );
  }
  if (parentStageId) {
    const parent = execution.stages.find(({ id }) => id === parentStageId);
    if (!parent) throw new Error(`stage ${stage.id} has no parent ${parentStageId} in its execution`);
    return isWanted(parent) ? parent : findAncestor(parent, execution, isWanted);
  }
  return findBehindTrigger(execution.trigger, isWanted);
}

function findBehindTrigger(
  { parentExecution, parentPipelineStageId }: Trigger,
  isWanted: (stage: Stage) => boolean,
): Stage | undefined {
  if (!parentExecution) return undefined;
  const { stages, trigger } = parentExecution;
  const begun = stages.find(({ id, type }) => type === 'pipeline' && id === parentPipelineStageId);
  if (begun) return findAncestor(begun, parentExecution, isWanted);

  const [latest, ...others] = stages.toSorted((one, other) => endOf(other) - endOf(one) || 0);
  if (!latest) return findBehindTrigger(trigger, isWanted);
  return [latest, ...others].find(isWanted) ?? findAncestor(latest, parentExecution, isWanted);
}

/** One that runs still is the latest. */
const endOf = ({ endTime }: Stage): number => endTime ?? Number.POSITIVE_INFINITY;

function firstOf<T, Found>(items: readonly T[], find: (item: T) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
