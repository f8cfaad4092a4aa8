import type { z } from 'zod';
import type { Refusal } from './refusal.ts';
import { type BakeRequest, toIssue } from './request.ts';
import { no, type Result, yes } from './result.ts';

/** Reads the options that are a provider's own; a strict schema refuses those the provider does not know. */
export function readOptions<T>(schema: z.ZodType<T>, { options = {} }: BakeRequest): Result<T, Refusal> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return yes(parsed.data);
  return no({
    code: 'malformed-request',
    issues: parsed.error.issues.map((issue) => toIssue({ ...issue, path: ['options', ...issue.path] })),
  });
}
