import { z } from 'zod';
import { PackageType } from '../os-package/package-type.ts';

/** Longer than any file system takes. */
const FileName = z.string().min(1).max(1024);

/** A package that an earlier stage made, told by name and version. */
export const Produced = z.looseObject({
  type: z.string().max(64).describe('`deb`, `rpm` or `nupkg`; others are looked over.'),
  name: FileName,
  version: FileName,
  artifacts: z.never().optional(),
});

/** A CI build as Jenkins and Igor tell it. What it says of itself is read with care later: it is only a label. */
const Build = z
  .looseObject({
    artifacts: z
      .array(z.looseObject({ fileName: z.string().max(1024).nullish() }))
      .nullish()
      .describe('What it archived; a package is looked for among the `fileName`s.'),
    name: z.unknown().optional().describe('The job.'),
    number: z.unknown().optional(),
    url: z.unknown().optional(),
    scm: z.unknown().optional().describe('What it was built from: a list of `name`, `branch`, `sha1`.'),
  })
  .superRefine((told, { addIssue }) => {
    if (!isPackageType(told['type']) || told.artifacts) return;
    const missing = ['name', 'version'].filter((member) => !told[member]);
    for (const member of missing) addIssue({ code: 'custom', path: [member], message: INCOMPLETE });
  });

const isPackageType = (type: unknown): boolean =>
  typeof type === 'string' && PackageType.safeParse(type.toLowerCase()).success;

const INCOMPLETE = 'is missing: a package that was made is told by type, name and version, a CI build by its artifacts';

/** Something that a package may be installed from. */
export const CiArtifact = z.union([FileName, Produced, Build], 'is neither a file name nor the build info of a CI job');
export type CiArtifact = z.infer<typeof CiArtifact>;

/** What became of the packages of a request that brought artifacts. */
export const Matches = z.object({
  packages: z.array(
    z.object({
      asked: z.string(),
      /** The artifact it is installed from; `null` where none is of that package and that was allowed. */
      artifact: z.string().nullable(),
      /** What is installed. */
      package: z.string(),
    }),
  ),
  /** What the request had not said of its build, and the build did. */
  fromBuild: z.partialRecord(z.enum(['job', 'number', 'url', 'host', 'commit']), z.string()),
});
export type Matches = z.infer<typeof Matches>;
