import type { BakeFailure } from '../failure.ts';
import type { PackerReport } from '../packer-report.ts';
import { LAST_RESORT, RULES, type Rule } from './rules.ts';

/** Why Packer failed, by its own words: the earliest line that explains the rest, else how it ended. */
export function diagnose(report: PackerReport): BakeFailure {
  const lines = [...report.lastErrors, ...report.errors.map(({ message }) => message)].flatMap((said) =>
    said.split('\n'),
  );
  const told = firstTold(lines, RULES) ?? firstTold(lines, LAST_RESORT);
  if (told) return { ...told, leftovers: report.exitCode === null };
  return byEnding(report, lines);
}

const TAIL = 10;

function firstTold(lines: readonly string[], rules: readonly Rule[]): Omit<BakeFailure, 'leftovers'> | undefined {
  for (const line of lines) {
    for (const { class: kind, says, message, next } of rules) {
      const heard = says.exec(line);
      if (!heard) continue;
      const what = Object.values(heard.groups ?? {}).find((found) => found !== undefined) ?? '';
      return { class: kind, message: message(what), evidence: [line.trim()], next };
    }
  }
  return undefined;
}

function byEnding({ exitCode }: PackerReport, lines: readonly string[]): BakeFailure {
  if (exitCode === null || exitCode === 137) return KILLED;
  if (exitCode === 127) return NOT_THERE;
  return {
    class: 'unknown',
    message: `Packer ended with exit code ${exitCode} and for no reason that is known here`,
    evidence: lines.filter((line) => line.trim() !== '').slice(-TAIL),
    next: 'read the end of the log',
    leftovers: false,
  };
}

const KILLED: BakeFailure = {
  class: 'host',
  message: 'Packer was killed',
  evidence: [],
  next: 'look at the memory of the worker and at what stops programs there; then bake again',
  leftovers: true,
};

const NOT_THERE: BakeFailure = {
  class: 'toolchain',
  message: 'Packer could not be run',
  evidence: [],
  next: 'see that the worker has Packer, and that it can be executed',
  leftovers: false,
};
