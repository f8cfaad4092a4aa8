import { explainMissing, explainRefusal, type Refusal, type RequestIssue } from '@bakehouse/bake';
import { z } from 'zod';

/** Why a call has no other answer, for a program and for a person. */
export const Problem = z.object({
  error: z.string().describe('One word per kind of trouble; it stays when the message is reworded.'),
  message: z.string().describe('What is wrong, with which value, and what to do.'),
  issues: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .describe('Member by member, where the request is to blame; else empty.'),
});
export type Problem = z.infer<typeof Problem>;

export function problem(error: string, message: string, issues: readonly RequestIssue[] = []): Problem {
  return { error, message, issues: [...issues] };
}

/** What any call may answer. */
export const TROUBLES = { 400: Problem, 500: Problem, 503: Problem };

/** What each refusal is in HTTP. The one table where the two meet. */
export const STATUS_OF: Record<Refusal['code'], 400> = {
  'malformed-request': 400,
  'unknown-provider': 400,
  'unknown-base-image': 400,
  'unready-base-image': 400,
  'unknown-region': 400,
  'unknown-account': 400,
  'no-source-image': 400,
  'unknown-lane': 400,
  'unknown-file': 400,
  'unsafe-path': 400,
  unsealable: 400,
  'unusable-name': 400,
  'missing-packages': 400,
  'conflicting-artifacts': 400,
  'build-without-artifacts': 400,
};

export function refusalProblem(refusal: Refusal): Problem {
  return problem(refusal.code, explainRefusal(refusal), issuesOf(refusal));
}

export const unknownBake = (id: string): Problem =>
  problem('unknown-bake', `there is no bake '${id}'; it never was, or its record was forgotten after its time`);

function issuesOf(refusal: Refusal): readonly RequestIssue[] {
  switch (refusal.code) {
    case 'malformed-request':
      return refusal.issues;
    case 'unknown-provider':
      return [{ path: 'provider', message: explainRefusal(refusal) }];
    case 'unknown-region':
      return [{ path: 'region', message: explainRefusal(refusal) }];
    case 'unknown-account':
      return [{ path: 'account', message: explainRefusal(refusal) }];
    case 'unknown-base-image':
    case 'unready-base-image':
    case 'no-source-image':
      return [{ path: 'base', message: explainRefusal(refusal) }];
    case 'unsealable':
      return refusal.variables.map((name) => ({
        path: `variables.${name}`,
        message: explainRefusal({ ...refusal, variables: [name] }),
      }));
    case 'unknown-lane':
      return [{ path: 'lane', message: explainRefusal(refusal) }];
    case 'unknown-file':
    case 'unsafe-path':
    case 'unusable-name':
      return [{ path: refusal.field, message: explainRefusal(refusal) }];
    case 'missing-packages':
      return refusal.missing.map((each) => ({ path: each.path, message: explainMissing(each) }));
    case 'conflicting-artifacts':
      return [{ path: refusal.path, message: explainRefusal(refusal) }];
    case 'build-without-artifacts':
      return [{ path: refusal.where, message: explainRefusal(refusal) }];
  }
}
