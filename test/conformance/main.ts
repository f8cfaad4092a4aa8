import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { check } from './check.ts';
import { writeReport } from './report.ts';
import { Vector } from './vector.ts';

/** `npm run conformance -- FILE…`: holds vector files against the code. Exits 1 on a failure, or on a file that says nothing. */
const files = process.argv.slice(2).filter((word) => word !== '--');
if (files.length === 0) {
  console.error('usage: npm run conformance -- FILE…   (JSON files of vectors: area, name, input, expected)');
  process.exitCode = 2;
}
for (const file of files) {
  try {
    const vectors = z
      .array(Vector)
      .min(1, 'holds no vectors')
      .parse(JSON.parse(readFileSync(file, 'utf8')));
    const report = writeReport(
      file,
      vectors.map((vector) => ({ vector, verdict: check(vector) })),
    );
    console.log(report.text);
    if (report.failures > 0) process.exitCode = 1;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    console.error(`${file}: cannot be run: ${reason}`);
    process.exitCode = 1;
  }
}
