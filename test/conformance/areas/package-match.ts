import { z } from 'zod';
import { buildDetails } from '../../../packages/bake/src/match-packages/build-details.ts';
import { isUrl } from '../../../packages/bake/src/match-packages/is-url.ts';
import { PackageType } from '../../../packages/bake/src/os-package/package-type.ts';
import type { Result } from '../../../packages/bake/src/result.ts';
import { buildOfTrigger, type Reading, toProduced } from '../../orca/artifact-sources.ts';
import { Execution, Stage, Trigger } from '../../orca/execution.ts';
import { asContext, findTargetPackage, type NotFound } from '../../orca/find-target-package.ts';
import { packageTypeOfCustom, packageTypeOfSystem } from '../../orca/package-type.ts';
import type { Vector } from '../vector.ts';
import { compare, deviation, failed, notYet, type Verdict } from '../verdict.ts';

/** The matching of CI artifacts to packages, as a pipeline asks for it. */
export function checkPackageMatch(vector: Vector): Verdict {
  const { op } = z.object({ op: z.string() }).parse(vector.input);
  return OPERATIONS[op]?.(vector) ?? notYet('another kind of question');
}

const OPERATIONS: Readonly<Record<string, (vector: Vector) => Verdict>> = {
  findTargetPackage: checkTarget,
  buildDetails: checkDetails,
  buildInfoFromTrigger: ({ input, expected }) => {
    const { trigger } = z.object({ trigger: Trigger }).parse(input);
    return compare(expected, buildOfTrigger(trigger));
  },
  isUrl: ({ input, expected }) => compare(expected, isUrl(z.object({ value: z.string() }).parse(input).value)),
  osPackageType: ({ input, expected }) => {
    const { os } = z.object({ os: z.string().nullish() }).parse(input);
    return compare(expected, packageTypeOfSystem(os ?? null).toUpperCase());
  },
  customPackageType: ({ input, expected }) => {
    const { osType = null, packageType = null, managedImage = null } = CustomInput.parse(input);
    return compare(expected, packageTypeOfCustom({ osType, packageType, managedImage }).toUpperCase());
  },
};

const UpperType = z.string().toLowerCase().pipe(PackageType);

const CustomInput = z.object({
  osType: z.string().nullable().optional(),
  packageType: UpperType.nullable().optional(),
  managedImage: z.string().nullable().optional(),
});

function checkDetails({ input, expected }: Vector): Verdict {
  const { buildInfo, request } = z
    .object({ buildInfo: z.unknown(), request: z.record(z.string(), z.unknown()).default({}) })
    .parse(input);
  const details = buildDetails(buildInfo);
  return compare(expected, { extracted: details !== undefined, request: { ...request, ...asContext(details ?? {}) } });
}

const Flag = z
  .boolean()
  .nullish()
  .transform((flag) => flag ?? false);

const TargetInput = z.object({
  packageType: UpperType,
  stageId: z.string().optional(),
  execution: Execution.optional(),
  executionType: z.string().default('PIPELINE'),
  stageContext: z.record(z.string(), z.unknown()).default({}),
  trigger: Trigger.default({}),
  artifacts: z.array(z.unknown()).nullish(),
  upstreamBuildInfos: z.array(z.unknown()).default([]),
  extractBuildDetails: Flag,
  extractVersion: Flag,
  allowMissingPackageInstallation: Flag,
});
type TargetInput = z.infer<typeof TargetInput>;

function checkTarget(vector: Vector): Verdict {
  const input = TargetInput.parse(vector.input);
  const got = findTarget(input);
  const same = compareTarget(vector.expected, got);
  return same.is === 'failed' && isAboutPatterns(vector.expected, input) ? deviation('D15') : same;
}

function findTarget(input: TargetInput, reading?: Reading): Result<Record<string, unknown>, NotFound> {
  const { stage, execution } = setScene(input);
  const produced = input.artifacts?.map(toProduced) ?? (input.execution ? undefined : []);
  return findTargetPackage(stage, execution, { ...input, produced, reading });
}

/** Where a vector lists what its ancestors have built, they are stages in a row, each waiting for the next. */
function setScene({ execution, stageId, ...said }: TargetInput): { stage: Stage; execution: Execution } {
  const all = execution ?? { type: said.executionType, trigger: said.trigger, stages: inARow(said) };
  const stage = execution ? all.stages.find(({ id }) => id === stageId) : all.stages[0];
  if (!stage) throw new Error(`the execution has no stage ${stageId}`);
  return { stage, execution: all };
}

const inARow = ({ stageContext, upstreamBuildInfos: built }: Omit<TargetInput, 'execution' | 'stageId'>): Stage[] =>
  [undefined, ...built].map((buildInfo, index) =>
    Stage.parse({
      id: `s${index}`,
      refId: `${index}`,
      requisiteStageRefIds: index < built.length ? [`${index + 1}`] : [],
      ...(index === 0 ? { context: stageContext } : { outputs: { buildInfo } }),
    }),
  );

function compareTarget(expected: unknown, got: Result<unknown, NotFound>): Verdict {
  const error = z.object({ error: z.string() }).safeParse(expected).data?.error;
  if (error === undefined) return got.ok ? compare(expected, got.value) : failed({ refused: got.no });
  if (got.ok) return failed(got.value);
  return error.startsWith('crash:') ? deviation('D16') : compare(error, errorOf(got.no));
}

/** The kinds of deliberate errors by what was found; where the two sources disagree, the nearer one is told first. */
function errorOf(refused: NotFound): string {
  switch (refused.kind) {
    case 'build-without-artifacts':
      return 'ci-job-without-artifacts';
    case 'missing':
      return 'no-matching-artifact';
    case 'conflict':
      return CONFLICTS[refused.found.map(({ where }) => where).join(' and ')] ?? 'another conflict';
    case 'unusable':
    case 'unreadable':
      return refused.kind;
  }
}

const CONFLICTS: Readonly<Record<string, string>> = {
  'stage and trigger': 'conflict-build-vs-trigger',
  'trigger and produced artifacts': 'conflict-trigger-vs-produced-artifact',
  'stage and produced artifacts': 'conflict-build-vs-produced-artifact',
};

/**
 * The reference runs a package's text as a pattern where it looks for the stage that archived it. A difference comes of that where the
 * text is no pattern at all, or where read as one it gives what the vector says.
 */
function isAboutPatterns(expected: unknown, input: TargetInput): boolean {
  const text = String(setScene(input).stage.context['package'] ?? '');
  if (!/[\\^$.|?*+()[\]{}]/.test(text)) return false;
  if (z.object({ error: z.literal('crash:invalid-pattern') }).safeParse(expected).success) return true;
  return compareTarget(expected, findTarget(input, asPattern)).is === 'passed';
}

/** A possessive quantifier, which JavaScript has not, is read as a greedy one. */
const asPattern: Reading = (asked, fileName, type) =>
  new RegExp(`^(?:${asked.replaceAll(/([*+?}])\+/g, '$1')}.*\\.${type})$`).test(fileName);
