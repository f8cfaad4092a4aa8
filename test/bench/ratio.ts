import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ask, becomes } from '../support/ask.ts';
import { median, nowMs } from './figures.ts';

const run = promisify(execFile);
const TEMPLATE = path.join(import.meta.dirname, 'templates/short.json');

/** Wall time of bakes through the fleet over bare `packer build` of the same template, pairs taken in turn. */
export interface Ratio {
  seconds: string;
  atOnce: number;
  bareMs: number;
  bakeMs: number;
  ratio: number;
}

export async function measureRatio(
  url: string,
  { seconds, atOnce, pairs }: { seconds: string; atOnce: number; pairs: number },
): Promise<Ratio> {
  const [bare, baked, ratios]: [number[], number[], number[]] = [[], [], []];
  await together(atOnce, () => throughFleet(url, { seconds, everyMs: 5 * atOnce })); // Validates the template and warms both sides.
  for (let pair = 0; pair < pairs; pair++) {
    const one = await together(atOnce, () => barePacker(seconds));
    const other = await together(atOnce, () => throughFleet(url, { seconds, everyMs: 5 * atOnce }));
    bare.push(one);
    baked.push(other);
    ratios.push(other / one);
  }
  return { seconds, atOnce, bareMs: median(bare), bakeMs: median(baked), ratio: median(ratios) };
}

async function together(count: number, work: () => Promise<void>): Promise<number> {
  const begun = nowMs();
  await Promise.all(Array.from({ length: count }, work));
  return nowMs() - begun;
}

/** Many that look often would load the machine that is being measured. */
async function throughFleet(url: string, { seconds, everyMs }: { seconds: string; everyMs: number }): Promise<void> {
  const id = await ask(url, { template: 'short.json', variables: { seconds } });
  await becomes(url, id, { state: 'baked', everyMs });
}

async function barePacker(seconds: string): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bare-'));
  try {
    await cp(TEMPLATE, path.join(directory, 'short.json'));
    await writeFile(path.join(directory, 'vars.json'), JSON.stringify({ seconds }));
    const argv = ['build', '-machine-readable', '-on-error=cleanup', '-var-file=vars.json', 'short.json'];
    await run('packer', argv, {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, TMPDIR: directory, CHECKPOINT_DISABLE: '1' },
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
