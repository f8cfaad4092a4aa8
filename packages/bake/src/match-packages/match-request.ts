import type { PackageType } from '../os-package/package-type.ts';
import type { Refusal } from '../refusal.ts';
import { type BakeRequest, Ci, PackageText, toIssues } from '../request.ts';
import { no, type Result, yes } from '../result.ts';
import type { BuildDetails } from './build-details.ts';
import { type CiArtifact, type Matches, Produced } from './ci-artifact.ts';
import { isUrl } from './is-url.ts';
import {
  type Artifacts,
  type FileSource,
  type Match,
  type Mismatch,
  matchPackages,
  type ProducedPackage,
} from './match-packages.ts';
import { nearMisses } from './near-misses.ts';
import { PACKAGE_FILES } from './package-file.ts';

/** A request whose packages are what will be installed, and how they came to be that; no `matches` where it brought no artifacts. */
export interface MatchedRequest {
  request: BakeRequest;
  matches?: Matches | undefined;
}

/** Exchanges each package of a request for the artifact that its `ci` brings, and adds what the build says of itself. Addresses stay as they are. */
export function matchRequest(request: BakeRequest, type: PackageType): Result<MatchedRequest, Refusal> {
  const { artifacts: brought, ...ci } = request.ci ?? {};
  if (brought === undefined) return yes({ request });

  const artifacts = sortOut(brought);
  const wanted = request.packages.filter((text) => !isUrl(text));
  if (wanted.length === 0 || namesOf(artifacts).length === 0) {
    const idle = wanted.length > 0 ? artifacts.sources.find(({ build }) => build !== undefined) : undefined;
    if (idle) return no({ code: 'build-without-artifacts', where: idle.where });
    return yes({ request: { ...request, ci }, matches: { packages: [], fromBuild: {} } });
  }

  const matched = matchPackages(wanted, type, artifacts);
  if (!matched.ok) return no(refuseMismatch(matched.no, request));
  const { matches, details } = matched.value;
  const refused = refuseMissing(matches, { request, artifacts, type }) ?? refuseTexts(matches);
  if (refused) return no(refused);

  const fromBuild = added(details, ci);
  const whole = Ci.safeParse({ ...ci, ...fromBuild });
  if (!whole.success) return no(refuseDetails(whole.error.issues.flatMap((issue) => toIssues(issue))));
  return yes({
    request: { ...request, packages: exchanged(request.packages, matches), ci: whole.data },
    matches: { packages: matches.map(shown), fromBuild },
  });
}

/** Names alone are one list, and the nearest: whoever lists them says what is meant. What has a type is no build, and may be no package. */
function sortOut(brought: readonly CiArtifact[]): Artifacts {
  const sources: FileSource[] = [];
  const produced: ProducedPackage[] = [];
  const names: string[] = [];
  for (const [index, each] of brought.entries()) {
    const where = `ci.artifacts[${index}]`;
    const made = Produced.safeParse(each);
    if (typeof each === 'string') names.push(each);
    else if (made.success) produced.push({ ...made.data, where });
    else if (each.artifacts || typeof each['type'] !== 'string')
      sources.push({ where, files: each.artifacts ?? [], build: each });
  }
  const listed = { where: 'ci.artifacts', files: names.map((fileName) => ({ fileName })) };
  return { sources: names.length > 0 ? [listed, ...sources] : sources, produced };
}

const namesOf = ({ sources, produced }: Artifacts): string[] => [
  ...sources.flatMap(({ files }) => files.flatMap(({ fileName }) => fileName ?? [])),
  ...produced.map(({ name }) => name ?? ''),
];

function exchanged(packages: readonly string[], matches: readonly Match[]): string[] {
  const texts = matches.map(textOf);
  return packages.map((text) => (isUrl(text) ? text : (texts.shift() ?? text)));
}

const textOf = (match: Match): string => (match.artifact === null ? match.asked : match.text);

const shown = (match: Match): Matches['packages'][number] => ({
  asked: match.asked,
  artifact: match.artifact,
  package: textOf(match),
});

/** What the caller said of the build stays; what the build leaves empty is nothing. */
function added({ number, ...details }: BuildDetails, ci: Ci): Matches['fromBuild'] {
  const said = Object.entries({ ...details, number: number === undefined ? '' : String(number) });
  return Object.fromEntries(said.filter(([word, value]) => value !== '' && ci[word as keyof Ci] === undefined));
}

function refuseMismatch(mismatch: Mismatch, { packages }: BakeRequest): Refusal {
  if (mismatch.kind === 'unusable')
    return { code: 'malformed-request', issues: [{ path: mismatch.where, message: mismatch.message }] };
  const { asked, found } = mismatch;
  return { code: 'conflicting-artifacts', path: `packages[${packages.indexOf(asked)}]`, asked, found };
}

function refuseMissing(
  matches: readonly Match[],
  { request, artifacts, type }: { request: BakeRequest; artifacts: Artifacts; type: PackageType },
): Refusal | undefined {
  const missing = [...new Set(matches.flatMap(({ asked, artifact }) => (artifact === null ? [asked] : [])))];
  if (missing.length === 0 || request.allowMissing) return undefined;
  const names = namesOf(artifacts);
  return {
    code: 'missing-packages',
    count: names.length,
    missing: missing.map((asked, index) => ({
      path: `packages[${request.packages.indexOf(asked)}]`,
      asked,
      file: `${asked}${PACKAGE_FILES[type].delimiter}….${type}`,
      near: index < MOST_ADVISED ? nearMisses(asked, names, type) : [],
    })),
  };
}

/** Whoever misses more has forgotten a list, not misspelt a name. */
const MOST_ADVISED = 10;

/** The names of files are a build's own; what is installed must be a package all the same. */
function refuseTexts(matches: readonly Match[]): Refusal | undefined {
  const issues = matches.flatMap((match) => {
    const read = PackageText.safeParse(textOf(match));
    if (read.success) return [];
    const why = read.error.issues.map(({ message }) => message).join('; ');
    return [{ path: 'ci.artifacts', message: `${JSON.stringify(match.artifact)} cannot be installed: ${why}` }];
  });
  return issues.length > 0 ? { code: 'malformed-request', issues } : undefined;
}

/** What does not fit was not the caller's to spell, but is to say otherwise. */
const refuseDetails = (issues: readonly { path: string; message: string }[]): Refusal => ({
  code: 'malformed-request',
  issues: issues.map(({ path, message }) => ({
    path: `ci.${path}`,
    message: `${message}, as the build says it; say it in the request, and the build is not asked`,
  })),
});
