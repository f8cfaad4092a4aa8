import type { BakeRecipe } from '@bakehouse/bake';
import { validateArguments } from './arguments.ts';
import { runCommand } from './command.ts';
import { parseLine } from './event.ts';
import type { RawLine } from './lines.ts';
import type { Kitchen } from './packer-run.ts';
import { redactorFor } from './redact.ts';
import type { Stage } from './stage.ts';
import { LONGEST_LINE, transcribe } from './transcript.ts';

/** What `packer validate` found. */
export type Validation =
  | { ended: 'valid' }
  /** Packer's own lines, redacted; the last fifty. */
  | { ended: 'invalid'; errors: readonly string[] }
  | { ended: 'stopped' };

/** Has Packer check template and variables without building anything. It tells nobody; what is wrong comes back. */
export async function validate(stage: Stage, recipe: BakeRecipe, kitchen: Kitchen): Promise<Validation> {
  const redactor = redactorFor(recipe, kitchen);
  const errors: string[] = [];
  const hear = async (lines: readonly RawLine[]): Promise<void> => {
    errors.push(...lines.flatMap((raw) => transcribe(parseLine(raw.text), raw, redactor)));
    errors.splice(0, Math.max(0, errors.length - MOST_ERRORS));
  };
  const limits = { ...LIMITS, totalMs: Math.min(LIMITS.totalMs, recipe.limits.totalMs) };
  const keep = LONGEST_LINE + redactor.reach;
  const command = { arguments: validateArguments(stage, recipe), limits, keep, hear };
  const { exitCode, stopped } = await runCommand(stage, command, kitchen);
  if (stopped === 'signal') return { ended: 'stopped' };
  if (stopped)
    return { ended: 'invalid', errors: [...errors, `packer validate did not end within ${limits.totalMs} ms`] };
  return exitCode === 0 ? { ended: 'valid' } : { ended: 'invalid', errors };
}

/**
 * `validate` that asks Packer once for what it has found good: the same files, the same names of variables, the same
 * Packer. Values are not looked at again: a bad one is then refused by the build itself (`refused`). Remembers the last
 * `most` good ones.
 */
export function rememberValid({ most }: { most: number }): typeof validate {
  const good = new Set<string>();
  return async (stage, recipe, kitchen) => {
    const key = keyOf(recipe, kitchen);
    const validation = good.delete(key) ? ({ ended: 'valid' } as const) : await validate(stage, recipe, kitchen);
    if (validation.ended !== 'valid') return validation;
    good.add(key);
    for (const oldest of good) if (good.size > most) good.delete(oldest);
    return validation;
  };
}

const MOST_ERRORS = 50;

const LIMITS = { totalMs: 300_000, idleMs: 300_000, graceMs: 5_000 };

function keyOf(recipe: BakeRecipe, { packer }: Kitchen): string {
  const { bundle, template, varFile, variables, confidential = [], secrets, places } = recipe;
  const names = [...confidential, ...[variables, secrets, places].flatMap((named) => Object.keys(named))].sort();
  return JSON.stringify([packer.path, packer.version, bundle, template, varFile, names]);
}
