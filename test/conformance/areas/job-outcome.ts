import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { TestBakery } from '../../../apps/api/src/testing/open-bakery.ts';
import { bake } from '../../../apps/worker/src/bake.ts';
import type { TemplateTree } from '../../../packages/bake/src/bundle.ts';
import { findPacker } from '../../../packages/packer/src/toolchain.ts';
import { rememberValid } from '../../../packages/packer/src/validate.ts';
import type { Vector } from '../vector.ts';
import { compare, deviation, failed, notYet, type Verdict } from '../verdict.ts';
import { inHouse } from './house.ts';

const Input = z.strictObject({
  finished: z.boolean(),
  exitCode: z.number().nullish(),
  stdout: z.string().nullish(),
  stderr: z.string().nullish(),
  combine: z.boolean().default(true),
  execError: z.string().nullish(),
});
type Input = z.infer<typeof Input>;

const Expected = z.strictObject({
  state: z.string(),
  result: z.string().nullable(),
  logsContent: z.string().nullish(),
});

/** A bake whose Packer prints and ends as the job of the vector does, in a real worker, and what the api then says of it. */
export async function checkOutcome({ input, expected }: Vector): Promise<Verdict> {
  const job = Input.parse(input);
  // Only manifests are baked with their streams apart.
  if (!job.combine) return deviation('D19');
  if (job.finished && !isOfPrograms(job.exitCode)) return notYet(`no program ends with ${job.exitCode}`);
  const wanted = Expected.parse(expected);
  const got = await inHouse({ more: 'bakehouse: { attempts: 1 }', templates: templateOf(job) }, (house) =>
    outcomeOf(house, job),
  );

  const logsContent = linesOf(wanted.logsContent);
  const state = { state: wanted.state, result: wanted.result };
  const log = compare(logsContent, withoutClosing(got.log));
  if (log.is !== 'passed') return failed(got);
  const same = compare(state, { state: got.state, result: got.result });
  return same.is === 'failed' && isWithoutImage(job) && got.failure !== undefined ? deviation('D10') : same;
}

const isOfPrograms = (exitCode: number | null | undefined): boolean =>
  typeof exitCode === 'number' && exitCode >= 0 && exitCode <= 255;

/** A good run of Packer says what it made: one that is silent made nothing. */
const isWithoutImage = ({ exitCode, stdout, stderr }: Pick<Input, 'exitCode' | 'stdout' | 'stderr'>): boolean =>
  exitCode === 0 && `${stdout ?? ''}${stderr ?? ''}` === '';

/** Where the fake Packer puts it. */
const IMAGE = '$' + '{output_dir}/image.txt';

/** A job that says something and ends well has made its image too. */
function templateOf({ finished, exitCode, stdout, stderr }: Input): TemplateTree {
  const image = { build: 'fake', builderId: 'packer.file', id: 'File', files: [IMAGE] };
  const isGood = finished && exitCode === 0 && !isWithoutImage({ exitCode, stdout, stderr });
  const steps = [
    ...(stdout ? [{ write: stdout.replace(/(?<!\n)$/, '\n') }] : []),
    // What comes over two pipes at once has no order.
    ...(stdout && stderr ? [{ sleep: 100 }] : []),
    ...linesOf(stderr).map((line) => ({ line, stderr: true })),
    ...(isGood ? [{ file: IMAGE }, { finished: true }, { artifact: image }] : []),
    finished ? { exit: exitCode } : { hang: true },
  ];
  const content = Buffer.from(JSON.stringify({ builders: [], steps })).toString('base64');
  return new Map([['local.json', { path: 'local.json', executable: false, content }]]);
}

async function outcomeOf(house: TestBakery, { finished, stdout, stderr }: Input) {
  const directory = await mkdtemp(path.join(tmpdir(), 'job-'));
  try {
    await house.startWorker({ bake: await worker(directory) });
    const payload = { cloud_provider_type: 'local', base_os: 'bookworm' };
    const created = await house.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload });
    const { id } = Status.parse(created.json());
    const isOver = ({ state }: z.infer<typeof Status>, log: string) =>
      finished ? state !== 'RUNNING' : linesOf(log).length === linesOf(`${stdout ?? ''}\n${stderr ?? ''}`).length;
    for (let tries = 0; tries < 200; tries++) {
      const status = Status.parse((await house.api.inject(`/api/v1/here/status/${id}`)).json());
      const logs = (await house.api.inject(`/api/v1/here/logs/${id}`)).json();
      const log = String(logs.logsContent ?? '');
      if (isOver(status, log)) {
        if (!finished) await cancel(house, id);
        return { ...status, failure: status.failure?.class, log };
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the bake came to no end');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Its worker has cleared away by then. */
async function cancel(house: TestBakery, id: string): Promise<void> {
  await house.api.inject(`/api/v1/here/cancel/${id}`);
  await house.reach(id, 'cancelled');
}

const Status = z.object({
  id: z.string(),
  state: z.string(),
  result: z.string().nullable(),
  failure: z.object({ class: z.string() }).optional(),
});

async function worker(directory: string) {
  const environment = { PATH: process.env['PATH'] ?? '' };
  const packer = await findPacker(path.resolve(import.meta.dirname, '../../fake-packer/packer'), environment);
  if (!packer.ok) throw new Error(packer.no);
  const house = {
    packer: packer.value,
    validate: rememberValid({ most: 1 }),
    secrets: { environment: {}, directory: undefined, fromSettings: () => undefined },
    sealing: undefined,
    environment,
    passEnvironment: [],
    rootTemplates: [],
    stagesDir: path.join(directory, 'stages'),
    imagesDir: path.join(directory, 'images'),
    cacheDir: path.join(directory, 'cache'),
  };
  return (hand: Parameters<typeof bake>[0]) => bake(hand, house);
}

/** A log is lines here: the end of the last one and what is blank are not kept. */
const linesOf = (text: string | null | undefined): string[] =>
  (text ?? '').split(/\r?\n/).filter((line) => line.trim() !== '');

/** What every good run of Packer says at its end. */
const withoutClosing = (log: string): string[] =>
  linesOf(log).filter((line) => !line.startsWith('==> Builds finished.'));
