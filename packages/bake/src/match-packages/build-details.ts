import { z } from 'zod';
import { splitWithoutTail } from '../os-package/split.ts';

/** What a CI build says of itself that an image is labelled with. */
export interface BuildDetails {
  url?: string;
  /** The CI server, with a `/` behind it. */
  host?: string;
  job?: string;
  /** A number where the build says it, text where only its address does. */
  number?: number | string;
  commit?: string;
}

/**
 * Reads the build info of a CI job as Jenkins and Igor write it. A build that is not written in that shape throughout says nothing, and
 * is no error: its files can be matched all the same.
 */
export function buildDetails(buildInfo: unknown): BuildDetails | undefined {
  const read = BuildInfo.safeParse(buildInfo);
  if (!read.success) return undefined;
  const said = saidByBuild(read.data) ?? saidByUrl(read.data);
  const commit = commitOf(read.data.scm);
  return said && { ...said, ...(commit !== undefined && { commit }) };
}

/** Text as Jackson reads it, which these shapes were defined by. */
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const BuildInfo = z.object({
  name: Text.nullish(),
  number: z
    .union([
      z.number(),
      z
        .string()
        .trim()
        .regex(/^[+-]?\d*$/),
    ])
    .nullish()
    .transform((number) => Math.trunc(Number(number ?? 0))),
  url: Text.nullish(),
  artifacts: z.array(z.object({ fileName: Text, relativePath: Text })).nullish(),
  scm: z.array(z.object({ name: Text, branch: Text, sha1: Text })).nullish(),
});
type BuildInfo = z.infer<typeof BuildInfo>;

function saidByBuild({ name, number, url }: BuildInfo): BuildDetails | undefined {
  if (typeof name !== 'string' || typeof url !== 'string' || number <= 0) return undefined;
  const parts = partsOf(url);
  return { url, job: name, number, ...(parts.length >= JOB_URL_PARTS && { host: hostOf(parts) }) };
}

/** `https://host/job/folder/job/name/88/`: the third part, `job`, is not of the name. */
function saidByUrl({ url }: BuildInfo): BuildDetails | undefined {
  if (typeof url !== 'string') return undefined;
  const parts = partsOf(url);
  if (parts.length < JOB_URL_PARTS) return undefined;
  return { url, host: hostOf(parts), job: parts.slice(3, -1).join('/'), number: parts.at(-1) ?? '' };
}

/** Scheme, host, `job`, a name and a number at least. */
const JOB_URL_PARTS = 5;

const partsOf = (url: string): string[] => splitWithoutTail(url.replaceAll(/\/+/g, '/'), '/');

const hostOf = ([scheme, host]: readonly string[]): string => `${scheme}//${host}/`;

/** Of several sources, the one on a branch of its own is what was built; `master` and `develop` were only merged with it. */
function commitOf(scm: BuildInfo['scm']): string | undefined {
  const [first, ...others] = scm ?? [];
  const own = others.length > 0 ? scm?.find(({ branch }) => branch !== 'master' && branch !== 'develop') : undefined;
  return own?.sha1 || first?.sha1;
}
