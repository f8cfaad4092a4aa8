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
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownMember([...issue.path, key], part));
    // The name of a header is written as it is, not as the member of a program's object.
    const path = part === 'headers' ? issue.path.join('.') : z.core.toDotPath(issue.path);
    return { path, message: messageOf(issue) };
  });
}

const unknownMember = (path: PropertyKey[], part: string | undefined): RequestIssue => ({
  path: z.core.toDotPath(path),
  message: part === 'querystring' ? 'is not a parameter of this call' : 'is not a known member',
});

/** An empty body is read as null, an absent member as undefined; a name or a choice that does not fit is told by what it was held against. */
function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_key':
      return `the name cannot be used: ${issue.issues.map(({ message }) => message).join('; ')}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flat().map(({ message }) => message))].join('; or: ') || issue.message;
    case 'invalid_type':
      return messageOfType(issue);
    default:
      return issue.message;
  }
}

function messageOfType({ path, message, expected }: z.core.$ZodIssueInvalidType): string {
  if (path.length === 0 && message.endsWith('received null')) return `the body is missing; expected ${expected}`;
  return message.endsWith('received undefined') ? `is missing; expected ${expected}` : message;
}
