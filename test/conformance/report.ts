import { areaOf, type Vector } from './vector.ts';
import { DEVIATIONS, type Verdict } from './verdict.ts';

export interface Checked {
  vector: Vector;
  verdict: Verdict;
}

/** A line per area, then each failure with what was wanted and what came, then what the deviations and gaps are. */
export function writeReport(file: string, checked: readonly Checked[]): { text: string; failures: number } {
  const areas = [...new Set(checked.map(({ vector }) => areaOf(vector)))];
  const lines = areas.map((area) =>
    countLine(
      area,
      checked.filter(({ vector }) => areaOf(vector) === area),
    ),
  );
  const text = [file, ...lines, countLine('total', checked), ...failureLines(checked), ...remarks(checked)].join('\n');
  return { text, failures: count(checked, 'failed') };
}

const WIDTH = 30;

function countLine(area: string, checked: readonly Checked[]): string {
  const [passed, failures, deviations, gaps] = (['passed', 'failed', 'deviation', 'not yet'] as const).map((is) =>
    count(checked, is),
  );
  return `  ${area.padEnd(WIDTH)} ${passed} passed, ${failures} failed, ${deviations} deviation, ${gaps} not yet`;
}

const count = (checked: readonly Checked[], is: Verdict['is']): number =>
  checked.filter(({ verdict }) => verdict.is === is).length;

const failureLines = (checked: readonly Checked[]): string[] =>
  checked.flatMap(({ vector, verdict }) =>
    verdict.is === 'failed'
      ? [
          `  FAILED ${areaOf(vector)} / ${vector.name}`,
          `    expected ${JSON.stringify(vector.expected)}`,
          `    got      ${typeof verdict.got === 'string' ? verdict.got : JSON.stringify(verdict.got)}`,
        ]
      : [],
  );

function remarks(checked: readonly Checked[]): string[] {
  const rows = checked.flatMap(({ verdict }) =>
    verdict.is === 'deviation' ? [`${verdict.row}: ${DEVIATIONS[verdict.row]}`] : [],
  );
  const gaps = checked.flatMap(({ vector, verdict }) =>
    verdict.is === 'not yet' ? [`${areaOf(vector)}: ${verdict.because}`] : [],
  );
  return [...tally(rows, 'deviation'), ...tally(gaps, 'not yet')];
}

const tally = (remarked: readonly string[], label: string): string[] =>
  [...new Set(remarked)].map((remark) => `  ${label} ${remarked.filter((each) => each === remark).length} × ${remark}`);
