import type { z } from 'zod';
import type { Refusal } from './refusal.ts';
import { type BakeRequest, toIssues } from './request.ts';
import { no, type Result, yes } from './result.ts';

/** Reads the options that are a provider's own; a strict schema refuses those the provider does not know. */
export function readOptions<S extends z.ZodObject>(schema: S, request: BakeRequest): Result<z.infer<S>, Refusal> {
  const parsed = schema.safeParse(request.options ?? {});
  if (parsed.success) return yes(parsed.data);
  const names = Object.keys(schema.shape).join(', ');
  const unknown = `is not an option of this provider; ${names === '' ? 'it has none' : `options: ${names}`}`;
  return no({
    code: 'malformed-request',
    issues: parsed.error.issues.flatMap((issue) => toIssues({ ...issue, path: ['options', ...issue.path] }, unknown)),
  });
}
