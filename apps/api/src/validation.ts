import type { RequestIssue } from '@bakehouse/bake';
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';

/** A request that is not in the shape its route asks for. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly statusCode = 400;
  readonly issues: readonly RequestIssue[];

  constructor(issues: readonly RequestIssue[]) {
    super(issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.issues = issues;
  }
}

/** Reads each part of a request through its zod schema, once; what a route sees has been read. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (input) => {
    const read = schema.safeParse(input);
    return read.success ? { value: read.data } : { error: new InvalidInput(issuesOf(read.error, httpPart)) };
  };

function issuesOf({ issues }: z.ZodError, part: string | undefined): RequestIssue[] {
  return issues.flatMap((issue) => {
    const path = z.core.toDotPath(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: z.core.toDotPath([...issue.path, key]),
      message: part === 'querystring' ? 'is not a parameter of this call' : 'is not a known member',
    }));
  });
}
