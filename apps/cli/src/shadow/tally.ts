import { createHistogram } from 'node:perf_hooks';
import type { Difference, Unread } from './difference.ts';
import type { Line } from './line.ts';

/** What all calls came to so far. `calls` is the sum of `agreed`, `meant`, `different` and what was not compared. */
export interface Summary {
  calls: number;
  agreed: number;
  /** Calls that differ as the list of deviations says, and in nothing else. */
  meant: number;
  different: number;
  notCompared: Readonly<Partial<Record<Unread, number>>>;
  /** By kind, with the first examples. */
  differences: Readonly<Record<string, Kind>>;
  /** By row of the list of deviations. */
  deviations: Readonly<Record<string, Kind>>;
  addedMs: { median: number; p99: number; max: number };
}

interface Kind {
  count: number;
  examples: readonly Example[];
}

type Example = Difference & Pick<Line, 'time' | 'method' | 'path'>;

export interface Tally {
  count(line: Line): void;
  summary(): Summary;
}

const EXAMPLES = 3;

export function openTally(): Tally {
  const ends = { agreed: 0, meant: 0, different: 0 };
  let calls = 0;
  const notCompared: Partial<Record<Unread, number>> = {};
  const differences: Record<string, Kind> = {};
  const deviations: Record<string, Kind> = {};
  const added = createHistogram();

  return {
    count(line) {
      calls += 1;
      added.record(Math.max(1, Math.round(line.addedMs * 1000)));
      if (line.notCompared) notCompared[line.notCompared] = (notCompared[line.notCompared] ?? 0) + 1;
      else ends[endOf(line)] += 1;
      for (const difference of line.differences ?? []) {
        const { meant: row, kind } = difference;
        enter(row ? deviations : differences, row ?? kind, exampleOf(line, difference));
      }
    },
    summary: () => ({
      calls,
      ...ends,
      notCompared: { ...notCompared },
      differences: { ...differences },
      deviations: { ...deviations },
      addedMs: {
        median: ms(added.percentile(50)),
        p99: ms(added.percentile(99)),
        max: calls === 0 ? 0 : ms(added.max),
      },
    }),
  };
}

function endOf({ kinds, meant }: Line): 'agreed' | 'meant' | 'different' {
  if (kinds.length > 0) return 'different';
  return meant.length > 0 ? 'meant' : 'agreed';
}

function enter(kinds: Record<string, Kind>, name: string, example: Example): void {
  const { count, examples } = kinds[name] ?? { count: 0, examples: [] };
  kinds[name] = { count: count + 1, examples: examples.length < EXAMPLES ? [...examples, example] : examples };
}

const exampleOf = ({ time, method, path }: Line, difference: Difference): Example => ({
  time,
  method,
  path,
  ...difference,
});

const ms = (micros: number): number => Math.round(micros) / 1000;

/** The summary for a person, a line each. */
export function tellSummary(summary: Summary): string[] {
  const { calls, agreed, meant, different, notCompared, differences, deviations, addedMs } = summary;
  const apart = Object.entries(notCompared).map(([why, count]) => `${count} ${why}`);
  const left = Object.values(notCompared).reduce((sum, count) => sum + count, 0);
  return [
    `calls         ${calls}`,
    `agreed        ${agreed}`,
    `meant         ${meant}`,
    `different     ${different}`,
    `not compared  ${left}${left > 0 ? ` (${apart.join(', ')})` : ''}`,
    `added         median ${addedMs.median} ms, 99 % ${addedMs.p99} ms, at most ${addedMs.max} ms`,
    ...Object.entries(differences).flatMap(([kind, told]) => tellKind(`different: ${kind}`, told)),
    ...Object.entries(deviations).flatMap(([row, told]) => tellKind(`meant: ${row}`, told)),
  ];
}

const tellKind = (name: string, { count, examples }: Kind): string[] => [
  `${name}, ${count} time${count === 1 ? '' : 's'}`,
  ...examples.flatMap(({ time, method, path, where, upstream, ours }) => [
    `  ${time} ${method} ${path}${where ? `, ${where}` : ''}`,
    `    upstream  ${upstream}`,
    `    ours      ${ours}`,
  ]),
];
