import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { closeHouse } from './areas/house.ts';
import { check } from './check.ts';
import { type Checked, writeReport } from './report.ts';
import { Vector } from './vector.ts';

/** Vectors that wait for a bakery wait together. */
const AT_ONCE = 6;

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
    const report = writeReport(file, await checkAll(vectors));
    console.log(report.text);
    if (report.failures > 0) process.exitCode = 1;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    console.error(`${file}: cannot be run: ${reason}`);
    process.exitCode = 1;
  }
}
await closeHouse();

/** In the order of the file. */
async function checkAll(vectors: readonly Vector[]): Promise<Checked[]> {
  const checked: Checked[] = [];
  const left = vectors.entries();
  const checkOn = async () => {
    for (const [index, vector] of left) checked[index] = { vector, verdict: await check(vector) };
  };
  await Promise.all(Array.from({ length: AT_ONCE }, checkOn));
  return checked;
}
