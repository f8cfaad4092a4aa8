import type { z } from 'zod';
import type { Result } from '../result.ts';
import { publicText } from './private.ts';
import type { SettingsProblem, Spot } from './problem.ts';
import type { Setting } from './setting.ts';
import { type Binding, join, shape } from './shape.ts';

/** What comes of holding settings against a schema. */
export interface Bound<T> {
  /** Absent where there are problems. */
  value: T | undefined;
  problems: readonly SettingsProblem[];
  /** Keys that the schema does not know. */
  warnings: readonly SettingsProblem[];
  /** Text of the secrets by their dotted path, placeholders as they were written. */
  secrets: ReadonlyMap<string, string>;
  /** Where each setting is written, by its dotted path. */
  spots: ReadonlyMap<string, Spot>;
  /** Texts by path, placeholders as they were written. */
  texts: ReadonlyMap<string, string>;
}

/** Holds settings against a schema: keys in any spelling, words in any case, numbers and switches from text, secrets by their names. */
export function bind<T>(
  setting: Setting,
  schema: z.ZodType<T>,
  { path, fill }: { path: string; fill: (text: string) => Result<string, string> },
): Bound<T> {
  const binding: Binding = {
    fill,
    problems: [],
    warnings: [],
    secrets: new Map(),
    spots: new Map(),
    texts: new Map(),
    values: new Map(),
  };
  const parsed = schema.safeParse(shape({ setting, schema, path }, binding));
  const refused = new Set(binding.problems.map((problem) => problem.path));
  const issues = parsed.success ? [] : parsed.error.issues.map((issue) => toProblem(issue, path, binding));
  const problems = [...binding.problems, ...issues.filter((issue) => !refused.has(issue.path))];
  return {
    value: problems.length === 0 ? parsed.data : undefined,
    problems,
    warnings: binding.warnings,
    secrets: binding.secrets,
    spots: binding.spots,
    texts: binding.texts,
  };
}

/** The line is that of the setting, or of the nearest one around it. */
function toProblem(issue: z.core.$ZodIssue, root: string, { spots, values }: Binding): SettingsProblem {
  const keys = issue.path.map(String);
  const path = keys.reduce(join, root);
  const around = keys.map((_, index) => keys.slice(0, keys.length - index).reduce(join, root));
  const spot = [...around, root].map((name) => spots.get(name)).find((found) => found);
  const value = values.get(path);
  const message = spots.has(path) ? issue.message : `is missing; ${issue.message}`;
  return { spot, path, message: value === undefined ? message : `${message}; it says '${publicText(path, value)}'` };
}
