import { z } from 'zod';
import { CiArtifact } from './match-packages/ci-artifact.ts';
import type { Refusal, RequestIssue } from './refusal.ts';
import { no, type Result, yes } from './result.ts';
import { Variables } from './variable.ts';

const Word = z.string().trim().min(1).max(256);
export const PackageText = z
  .string()
  .regex(
    /^(?!-)[^\s\p{Cc}]{1,512}$/u,
    'a package is one word of at most 512 characters, without blanks and no option, e.g. nginx or nginx_1.24_amd64',
  );
const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/, 'a variable name is letters, digits, _ . -');

const MOST_VARIABLES = 1_000;

/** A build output that a pipeline hands over beside the package names, as the classic bakery knows it. */
export const PackageArtifact = z.looseObject({ name: z.string().optional(), reference: z.string().optional() });
export type PackageArtifact = z.infer<typeof PackageArtifact>;

/** The CI build that asks. */
export const Ci = z.strictObject({
  job: Word.optional(),
  number: z.union([Word, z.int().nonnegative().transform(String)]).optional(),
  url: z.string().max(2048).optional(),
  host: z.string().max(2048).optional(),
  commit: Word.optional(),
});
export type Ci = z.infer<typeof Ci>;

/** What a caller may ask for, in the words callers use. Unknown members are refused: a misspelt one would be a wrong image. */
export const BakeRequest = z.strictObject({
  provider: Word.describe('Which cloud; `GET /catalogue` lists them.'),
  region: Word.describe('Where the image shall exist.'),
  base: Word.optional().describe(
    'Id of a base image of that provider; where a provider can do without one, its options say what to start from.',
  ),
  packages: z.array(PackageText).max(500).default([]).describe('Operating system packages to install, in this order.'),
  template: Word.optional().describe('Template file, instead of the base image’s or the provider’s.'),
  varFile: Word.optional().describe('Variable file beside the templates, read before our own variables.'),
  variables: z
    .record(VariableName, Variables.valueType)
    .refine((variables) => Object.keys(variables).length <= MOST_VARIABLES, `at most ${MOST_VARIABLES} variables`)
    .optional()
    .describe('Template variables; they win over every other source.'),
  sourceImage: Word.optional().describe('Source image, instead of the base image’s.'),
  imageName: Word.optional().describe('Instead of the first package’s name.'),
  imageSuffix: Word.optional().describe('Instead of the time in the image name.'),
  account: Word.optional().describe('Account of the provider, where it has several.'),
  options: Variables.optional().describe('The provider’s own options.'),
  packageArtifacts: z.array(PackageArtifact).max(500).optional(),
  upgrade: z.boolean().optional().describe('Bring the base image up to date first.'),
  priority: z.int().min(1).max(10).default(5).describe('1 is baked first, 10 last.'),
  lane: Word.optional().describe('Queue to wait in; `default` if not said.'),
  labels: z
    .record(Word, z.string().max(256))
    .optional()
    .describe('For finding it again; they do not change the image.'),
  limits: z
    .strictObject({
      timeoutSeconds: z.int().min(1).max(86_400).optional(),
      idleSeconds: z.int().min(1).max(86_400).optional(),
      graceSeconds: z.int().min(1).max(3_600).optional(),
    })
    .optional(),
  ci: Ci.extend({
    artifacts: z
      .array(CiArtifact)
      .max(5000)
      .optional()
      .describe(
        'What CI has built: file names, and builds as Jenkins and Igor tell them, nearest first. Packages may then be bare names; each is installed as the artifact it is found among.',
      ),
  }).optional(),
  allowMissing: z
    .boolean()
    .optional()
    .describe('Take a package that no artifact is of as it is, instead of refusing the request.'),
});
export type BakeRequest = z.infer<typeof BakeRequest>;

export function parseRequest(json: unknown): Result<BakeRequest, Refusal> {
  const parsed = BakeRequest.safeParse(json);
  if (parsed.success) return yes(parsed.data);
  return no({ code: 'malformed-request', issues: parsed.error.issues.flatMap((issue) => toIssues(issue)) });
}

/** Says in a caller's words where a schema found something wrong. `known` is what a misspelt member could have been. */
export function toIssues(issue: z.core.$ZodIssue, known = 'is not a known member'): RequestIssue[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: z.core.toDotPath([...issue.path, key]), message: known }));
  const path = z.core.toDotPath(issue.path);
  if (issue.code !== 'invalid_key') return [{ path, message: issue.message }];
  const rules = issue.issues.map(({ message }) => message).join('; ');
  return [{ path, message: `the name cannot be used: ${rules}` }];
}
