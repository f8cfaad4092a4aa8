import { z } from 'zod';
import type { FileSource, ProducedPackage } from '../../packages/bake/src/match-packages/match-packages.ts';
import type { PackageType } from '../../packages/bake/src/os-package/package-type.ts';
import { findAncestor } from './ancestors.ts';
import type { Execution, Stage, Trigger } from './execution.ts';

/** How a package's text is held against file names in the search for a stage that archived it. */
export type Reading = (asked: string, fileName: string, type: PackageType) => boolean;

/** As it stands: anything may follow it, so that a longer name counts too. */
export const literally: Reading = (asked, fileName, type) =>
  fileName.startsWith(asked) &&
  /^[^\n\r\u0085\u2028\u2029]*$/.test(fileName.slice(asked.length)) &&
  fileName.slice(asked.length).endsWith(`.${type}`);

/** The build of the trigger, or of the nearest one above it that archived a list, even an empty one. */
export function buildOfTrigger({ buildInfo, parentExecution }: Trigger): unknown {
  if (BuildWithList.safeParse(buildInfo).success) return buildInfo;
  return parentExecution ? buildOfTrigger(parentExecution.trigger) : {};
}

/** Whether a CI build began this pipeline, or the one that began this. */
export const wasBegunByBuild = ({ buildInfo, parentExecution }: Trigger): boolean =>
  isThere(buildInfo) || isThere(parentExecution?.trigger.buildInfo);

/** The stage's own build. An earlier stage that archived a wanted package replaces it, unless its own archived nothing. */
export function currentBuild(stage: Stage, execution: Execution, isWanted: (fileName: string) => boolean): unknown {
  const own = stage.context['buildInfo'];
  if (isThere(own) && filesOf(own).length === 0) return own;
  const ancestor = findAncestor(stage, execution, ({ outputs }) =>
    filesOf(outputs['buildInfo']).some(({ fileName }) => typeof fileName === 'string' && isWanted(fileName)),
  );
  return ancestor?.outputs['buildInfo'] ?? own;
}

/** What all stages made, the last first, and then what the trigger brought. */
export function producedIn({ stages, trigger }: Execution): ProducedPackage[] {
  const made = inOrder(stages).flatMap(({ outputs }) => z.array(z.unknown()).catch([]).parse(outputs['artifacts']));
  return [...made.reverse(), ...(trigger.artifacts ?? [])].map(toProduced);
}

export const toProduced = (artifact: unknown): ProducedPackage => ({
  where: 'produced artifacts',
  ...Produced.parse(artifact),
});

export const toSource = (where: string, build: unknown): FileSource => ({ where, files: filesOf(build), build });

const BuildWithList = z.object({ artifacts: z.array(z.unknown()) });
const BuildWithFiles = z.object({ artifacts: z.array(z.object({ fileName: z.string().nullish() })) });

const filesOf = (build: unknown): FileSource['files'] => {
  const read = BuildWithFiles.safeParse(build);
  return read.success ? read.data.artifacts : [];
};

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

const OrNull = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
const Produced = z.object({ name: OrNull, type: OrNull, version: OrNull });

/** Stages of the first level, each behind those it waits for. */
function inOrder(stages: readonly Stage[]): Stage[] {
  const sorted: Stage[] = [];
  let waiting = stages.filter(({ parentStageId }) => !parentStageId);
  while (waiting.length > 0) {
    const done = new Set(sorted.map(({ refId }) => refId));
    const ready = waiting.filter(({ requisiteStageRefIds }) =>
      (requisiteStageRefIds ?? []).every((ref) => done.has(ref)),
    );
    if (ready.length === 0) throw new Error('the stages wait for one another');
    sorted.push(...ready);
    waiting = waiting.filter((stage) => !ready.includes(stage));
  }
  return sorted;
}
