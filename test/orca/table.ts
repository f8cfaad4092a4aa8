import type { StageEnd } from './bake-stage.ts';
import type { CallName } from './call.ts';
import type { Latencies } from './latencies.ts';

/** A run of some pipelines at once. */
export interface Row {
  scenario: string;
  pipelines: number;
  stages: readonly StageEnd[];
  latencies: Latencies;
  tookMs: number;
}

const CALLS = ['create', 'status', 'details', 'options'] as const satisfies readonly CallName[];

/** A line for each run: how its stages ended, the worst latency of each call that was answered, and what other answers there were. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['scenario', 'pipelines', 'stages', 's', ...CALLS.map((call) => `${call} ms`), 'other answers'];
  const lines = rows.map(({ scenario, pipelines, stages, latencies, tookMs }) => [
    scenario,
    String(pipelines),
    countsOf(stages.map(({ status }) => status)),
    (tookMs / 1000).toFixed(1),
    ...CALLS.map((call) => String(latencies.worst(call) ?? '-')),
    othersOf(latencies),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)));
  const write = (line: readonly string[]) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [head, ...lines].map((line) => write(line).trimEnd()).join('\n');
}

const countsOf = (words: readonly string[]): string =>
  [...new Set(words)].map((word) => `${words.filter((other) => other === word).length} ${word}`).join(', ');

/** E.g. `status 503: 12`; a dash where every call went well. */
function othersOf(latencies: Latencies): string {
  const others = CALLS.flatMap((call) =>
    Object.entries(latencies.answers(call))
      .filter(([answer]) => answer !== '200')
      .map(([answer, times]) => `${call} ${answer}: ${times}`),
  );
  return others.join(', ') || '-';
}
