import { z } from 'zod';
import type { BuildDetails } from '../../packages/bake/src/match-packages/build-details.ts';
import { isUrl } from '../../packages/bake/src/match-packages/is-url.ts';
import {
  type Matched,
  type Mismatch,
  matchPackages,
  type ProducedPackage,
} from '../../packages/bake/src/match-packages/match-packages.ts';
import type { PackageType } from '../../packages/bake/src/os-package/package-type.ts';
import { splitWithoutTail } from '../../packages/bake/src/os-package/split.ts';
import { no, type Result, yes } from '../../packages/bake/src/result.ts';
import {
  buildOfTrigger,
  currentBuild,
  literally,
  producedIn,
  type Reading,
  toSource,
  wasBegunByBuild,
} from './artifact-sources.ts';
import type { Execution, Stage } from './execution.ts';

export interface Finding {
  packageType: PackageType;
  extractBuildDetails: boolean;
  extractVersion: boolean;
  allowMissingPackageInstallation: boolean;
  /** What the execution has produced, where that is not to be read from its stages. */
  produced?: readonly ProducedPackage[] | undefined;
  reading?: Reading | undefined;
}

export type NotFound =
  | Mismatch
  | { kind: 'unreadable' }
  | { kind: 'build-without-artifacts' }
  | { kind: 'missing'; missing: readonly string[] };

/** A bake stage's context as a pipeline sends it to the bakery: each package by the artifact that a CI job, a stage or the trigger has of it. */
export function findTargetPackage(
  stage: Stage,
  execution: Execution,
  how: Finding,
): Result<Record<string, unknown>, NotFound> {
  const { context } = stage;
  const read = z.string().safeParse(context['package']);
  if ('package' in context && !read.success) return no({ kind: 'unreadable' });
  const text = read.data ?? '';
  if (execution.type !== 'PIPELINE' || text === '' || isUrl(text)) return yes(context);

  const asked = splitWithoutTail(text, ' ');
  const { trigger } = execution;
  const { packageType: type, reading = literally, produced = producedIn(execution) } = how;
  const current = currentBuild(stage, execution, (fileName) => asked.some((each) => reading(each, fileName, type)));
  const sources = [toSource('stage', current), toSource('trigger', buildOfTrigger(trigger))];
  if (produced.length === 0 && sources.every(({ files }) => files.length === 0))
    return wasBegunByBuild(trigger) ? no({ kind: 'build-without-artifacts' }) : yes(context);

  const matched = matchPackages(asked, type, { sources, produced });
  return matched.ok ? writeContext(context, matched.value, how) : matched;
}

function writeContext(
  context: Record<string, unknown>,
  { matches, details }: Matched,
  { extractBuildDetails, extractVersion, allowMissingPackageInstallation }: Finding,
): Result<Record<string, unknown>, NotFound> {
  const missing = matches.filter(({ artifact }) => artifact === null).map(({ asked }) => asked);
  if (missing.length > 0 && !allowMissingPackageInstallation) return no({ kind: 'missing', missing });

  const last = matches.findLast((match) => match.artifact !== null);
  // A file that is named as the package alone has no room for a version.
  if (extractVersion && last?.version === null && last.text === last.asked) return no({ kind: 'unreadable' });
  return yes({
    ...context,
    ...(extractBuildDetails && asContext(details)),
    ...(extractVersion && last && { packageVersion: last.version }),
    package: matches.map((match) => (match.artifact === null ? match.asked : match.text)).join(' '),
  });
}

/** The words that pipelines have for what a build says of itself. */
export const asContext = ({ url, host, job, number, commit }: BuildDetails): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ buildInfoUrl: url, buildHost: host, job, buildNumber: number, commitHash: commit }).filter(
      ([, value]) => value !== undefined,
    ),
  );
