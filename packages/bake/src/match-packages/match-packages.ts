import type { PackageType } from '../os-package/package-type.ts';
import type { Finding } from '../refusal.ts';
import { no, type Result, yes } from '../result.ts';
import { type BuildDetails, buildDetails } from './build-details.ts';
import { PACKAGE_FILES, withoutExtension } from './package-file.ts';

/** A list of files that packages may be among. */
export interface FileSource {
  /** What a message calls it. */
  where: string;
  files: readonly { fileName?: string | null | undefined }[];
  /** The CI build that archived them, as it speaks of itself. */
  build?: unknown;
}

/** A package that a pipeline made and tells by name and version, without a file. */
export interface ProducedPackage {
  where: string;
  name: string | null;
  type: string | null;
  version: string | null;
}

export interface Artifacts {
  /** Nearest first: the build of the stage that asks before the build that began it all. */
  sources: readonly FileSource[];
  produced: readonly ProducedPackage[];
}

/** What became of one package that was asked for. */
export type Match =
  | { asked: string; artifact: string; version: string | null; text: string }
  /** No artifact is of that package. */
  | { asked: string; artifact: null };

export interface Matched {
  /** One for each package asked for, in their order. */
  matches: readonly Match[];
  /** What the builds of the matched packages say of themselves; of two, the later package's build wins. */
  details: BuildDetails;
}

export type Mismatch =
  | { kind: 'conflict'; asked: string; found: readonly [Finding, Finding] }
  | { kind: 'unusable'; where: string; message: string };

/**
 * Finds for each package, asked for by its name alone, the artifact it is to be installed from. Names are literal: no text of a caller
 * is ever a pattern. Which lists count and which wins is the rule of Spinnaker's pipelines.
 */
export function matchPackages(
  packages: readonly string[],
  type: PackageType,
  artifacts: Artifacts,
): Result<Matched, Mismatch> {
  // A request may repeat its packages, and a build may have many of them.
  const findOnce = once((asked: string) => find(asked, type, artifacts));
  const detailsOf = once(buildDetails);
  const matches: Match[] = [];
  let details: BuildDetails = {};
  for (const asked of packages) {
    const found = findOnce(asked);
    if (!found.ok) return found;
    const conflict = conflictIn(found.value, { asked, type });
    if (conflict) return no(conflict);
    const match = toMatch(found.value, { asked, type });
    if (!match.ok) return match;
    matches.push(match.value);
    if (match.value.artifact === null) continue;
    // A package that no build has a file of is taken for one of the build that began it all.
    const archived = found.value.files.find(({ source }) => source.build !== undefined);
    const from = archived?.source ?? artifacts.sources.at(-1);
    details = { ...details, ...detailsOf(from?.build) };
  }
  return yes({ matches, details });
}

/** The same step, taken once for equal questions. */
function once<Question, Answer>(step: (question: Question) => Answer): (question: Question) => Answer {
  const known = new Map<Question, { answer: Answer }>();
  return (question) => {
    const { answer } = known.get(question) ?? { answer: step(question) };
    known.set(question, { answer });
    return answer;
  };
}

/** All that is there for one package: at most one file of each list, nearest first. */
interface Found {
  files: readonly { source: FileSource; fileName: string }[];
  produced: ProducedPackage | undefined;
}

function find(asked: string, type: PackageType, { sources, produced }: Artifacts): Result<Found, Mismatch> {
  const made = findProduced(asked, type, produced);
  if (!made.ok) return made;
  const files: { source: FileSource; fileName: string }[] = [];
  for (const source of sources) {
    const file = findFile(asked, type, source);
    if (!file.ok) return file;
    if (file.value !== undefined) files.push({ source, fileName: file.value });
  }
  return yes({ files, produced: made.value });
}

function findProduced(
  asked: string,
  type: PackageType,
  produced: readonly ProducedPackage[],
): Result<ProducedPackage | undefined, Mismatch> {
  for (const each of produced) {
    if (each.name !== asked) continue;
    if (each.type === null) return no(unusable(each.where, `the artifact ${asked} has no type, e.g. ${type}`));
    if (each.type.toLowerCase() === type) return yes(each);
  }
  return yes(undefined);
}

function findFile(
  asked: string,
  type: PackageType,
  { where, files }: FileSource,
): Result<string | undefined, Mismatch> {
  for (const { fileName } of files) {
    if (fileName !== undefined && fileName !== null) {
      // Most files are of other packages, and a large build has many: only those that begin alike are taken apart.
      if (fileName.startsWith(asked) && PACKAGE_FILES[type].isOf(asked, fileName)) return yes(fileName);
    } else if (type === 'rpm') return no(unusable(where, 'an artifact of it has no fileName'));
  }
  return yes(undefined);
}

/** Two lists that do not mean the same package: no guess would be right. */
function conflictIn(
  { files, produced }: Found,
  { asked, type }: { asked: string; type: PackageType },
): Mismatch | undefined {
  const [nearest, ...others] = files.map(({ source: { where }, fileName }) => ({ where, artifact: fileName }));
  const other = others.find(({ artifact }) => artifact !== nearest?.artifact);
  if (nearest && other) return { kind: 'conflict', asked, found: [nearest, other] };

  if (!produced) return undefined;
  const differing = files.findLast(({ fileName }) => {
    const version = PACKAGE_FILES[type].versionOf(asked, fileName);
    return version === null || version !== produced.version;
  });
  if (!differing) return undefined;
  return {
    kind: 'conflict',
    asked,
    found: [
      { where: differing.source.where, artifact: differing.fileName },
      { where: produced.where, artifact: textOf(produced, type) },
    ],
  };
}

function toMatch(
  { files, produced }: Found,
  { asked, type }: { asked: string; type: PackageType },
): Result<Match, Mismatch> {
  if (produced) {
    const text = textOf(produced, type);
    return yes({ asked, artifact: text, version: produced.version, text });
  }
  const [nearest] = files;
  if (!nearest) return yes({ asked, artifact: null });
  const { fileName: artifact, source } = nearest;
  const text = withoutExtension(artifact, type);
  if (text === undefined) return no(unusable(source.where, `${artifact} is named as ${asked} is, and is no .${type}`));
  return yes({ asked, artifact, version: PACKAGE_FILES[type].versionOf(asked, artifact), text });
}

/** A version that nobody told is written as the word `null`, as pipelines know it. */
const textOf = ({ name, version }: ProducedPackage, type: PackageType): string =>
  `${name}${PACKAGE_FILES[type].delimiter}${version}`;

const unusable = (where: string, message: string): Mismatch => ({ kind: 'unusable', where, message });
