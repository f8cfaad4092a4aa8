import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runPacker } from './run.ts';
import { processesOf, until, withTemplate } from './testing/kitchen.ts';

/** The edges, with a program that does what its template says: see test/fake-packer. */
const fake = (steps: readonly unknown[]) => ({ builders: [], steps });

const FINISHED = { finished: true };

/** How a step names a variable. */
const variable = (name: string): string => `\${${name}}`;

const run = (steps: readonly unknown[], over: Parameters<typeof withTemplate>[1] = {}) =>
  withTemplate(fake(steps), over, async (stage, recipe, kitchen) => ({
    run: await runPacker(stage, recipe, kitchen),
    told: kitchen.told,
    left: await processesOf(stage.dir),
  }));

test('a good run tells its lines in order and reports its artifacts', async () => {
  const done = await run([
    { say: '==> fake: one, two' },
    { stderr: true, line: 'said past Packer' },
    FINISHED,
    { artifact: { build: 'fake', builderId: 'packer.file', id: 'File', files: ['a,b.img'] } },
  ]);
  expect(done.told).toEqual([
    '==> fake: one, two',
    'said past Packer',
    '==> Builds finished. The artifacts of successful builds are:',
  ]);
  expect(done.run).toMatchObject({
    ended: 'exited',
    refused: false,
    report: { exitCode: 0, saidFinished: true, builds: [{ target: 'fake', records: [{ files: ['a,b.img'] }] }] },
  });
});

test('what a cloud’s Packer makes up and nobody may see is masked, in lines and in errors', async () => {
  const signed = 'OSDiskUriReadOnlySas: https://store.example/os.vhd?sp=r&sig=abc%2Fdef';
  const done = await run([{ say: `--> azure-arm: ${signed}` }, { stderr: true, line: signed }, FINISHED], {
    recipe: { provider: 'azure' },
  });
  expect(done.told[0]).toBe('--> azure-arm: OSDiskUriReadOnlySas: https://store.example/os.vhd?sp=r&sig=<sensitive>');
  expect(JSON.stringify(done)).not.toContain('abc%2Fdef');
});

test('an exit of 0 without "Builds finished" is reported as just that', async () => {
  const done = await run([{ say: 'hello' }, { exit: 0 }]);
  expect(done.run).toMatchObject({ ended: 'exited', report: { exitCode: 0, saidFinished: false, builds: [] } });
});

test('a run that a signal ended has no exit code', async () => {
  const done = await run([{ say: 'hello' }, { kill: 'SIGKILL' }]);
  expect(done.run).toMatchObject({ ended: 'exited', refused: false, report: { exitCode: null } });
});

test('a run whose leader cannot be noted down, as on a full disk, goes on', async () => {
  const ended = await withTemplate(fake([{ sleep: 300 }, FINISHED]), {}, async (stage, recipe, kitchen) => {
    await mkdir(path.join(stage.dir, 'owner.json~'));
    return runPacker(stage, recipe, kitchen);
  });
  expect(ended).toMatchObject({ ended: 'exited', report: { exitCode: 0, saidFinished: true } });
});

test.each([
  { how: 'started by itself', guard: [] },
  { how: 'started behind a guard', guard: ['setpriv', '--pdeathsig', 'TERM', '--'] },
])('a Packer that has vanished is the trouble of the machine, not of the template: $how', async ({ guard }) => {
  const packer = { path: '/no/such/packer', version: '1.6.6', guard };
  await expect(run([], { kitchen: { packer } })).rejects.toThrow('Packer (/no/such/packer) cannot be started');
});

test('failures come with their build', async () => {
  const done = await run([{ fail: { build: 'fake', message: 'no, sir' } }, { exit: 1 }]);
  expect(done.run).toMatchObject({
    refused: false,
    report: {
      exitCode: 1,
      errorCount: 1,
      errors: [{ build: 'fake', message: 'no, sir' }],
      lastErrors: ['--> fake: no, sir'],
    },
  });
});

test('a line without an end, and bytes that are no text, are told too', async () => {
  const done = await run([{ write: '/w==', encoding: 'base64' }, { write: 'the end' }]);
  expect(done.told).toEqual(['\uFFFDthe end']);
});

test('a secret that is written in two goes is never told, nor reported', async () => {
  const steps = [
    { write: `1700000000,,ui,error,pass ${variable('pw_a')}` },
    { sleep: 150 },
    { write: `${variable('pw_b')} word\n` },
    { exit: 1 },
  ];
  const recipe = { variables: { pw_a: 'hunt', pw_b: 'er22' } };
  const done = await run(steps, { recipe, kitchen: { secrets: ['hunter22'] } });
  expect(done.told).toEqual(['pass <sensitive> word']);
  expect(done.run).toMatchObject({ report: { lastErrors: ['pass <sensitive> word'] } });
});

test('a line of 50 MB is told as its beginning', async () => {
  const done = await run([{ longLine: 50 * 1024 * 1024 }, { say: 'after' }]);
  expect(done.told[0]).toMatch(/^ {4}fake: y+… \[52363\d{3} more bytes cut\]$/);
  expect(done.told[0]?.length).toBeLessThan(70_000);
  expect(done.told[1]).toBe('after');
});

test('lines are told while Packer runs, and a slow listener does not hold it up', async () => {
  let first = () => {};
  const heard = new Promise<void>((resolve) => {
    first = resolve;
  });
  const seen: number[] = [];
  const tell = async (lines: readonly string[]) => {
    first();
    await new Promise((resolve) => setTimeout(resolve, 30));
    seen.push(lines.length);
  };
  const steps = [{ say: 'now' }, { sleep: 300 }, { flood: 2_000_000 }, FINISHED];
  const done = run(steps, { kitchen: { tell } });
  await heard;
  expect(seen).toEqual([]);
  expect((await done).run).toMatchObject({ ended: 'exited', report: { saidFinished: true } });
  expect(seen.reduce((sum, count) => sum + count)).toBe(20_002);
});

test('a listener that fails stops the run, and its failure is what comes back', async () => {
  const tell = async () => {
    throw new Error('no log');
  };
  await expect(run([{ say: 'hello' }, { hang: true }], { kitchen: { tell } })).rejects.toThrow('no log');
});

test('a run that is stopped before it begins never begins', async () => {
  const done = await run([{ hang: true }], { kitchen: { signal: AbortSignal.abort() } });
  expect(done).toMatchObject({ run: { ended: 'stopped', killed: false }, told: [] });
});

/** Stops the run when it says `ready`. */
async function stopWhenReady(steps: readonly unknown[], graceMs = 20_000) {
  const stop = new AbortController();
  const told: string[] = [];
  const tell = async (lines: readonly string[]) => {
    told.push(...lines);
    if (lines.includes('ready')) stop.abort();
  };
  const recipe = { limits: { totalMs: 60_000, idleMs: 60_000, graceMs } };
  return { ...(await run(steps, { recipe, kitchen: { signal: stop.signal, tell } })), told };
}

test('a run that is stopped may clean up, and is not killed', async () => {
  const done = await stopWhenReady([{ onTerm: { cleanup: 500, exit: 1 } }, { say: 'ready' }, { hang: true }]);
  expect(done.run).toEqual({ ended: 'stopped', killed: false });
  expect(done.told).toEqual([
    'ready',
    'Cancelling build after receiving terminated',
    'Cleanly cancelled builds after being interrupted.',
  ]);
});

test('a run that will not stop is killed when its grace is over', async () => {
  const done = await stopWhenReady([{ onTerm: 'ignore' }, { say: 'ready' }, { hang: true }], 400);
  expect(done).toMatchObject({ run: { ended: 'stopped', killed: true }, left: [] });
});

test('a run that was done before the stop reached it keeps what it made', async () => {
  const steps = [{ onTerm: { finish: true } }, { say: 'ready' }, { sleep: 500 }, FINISHED];
  expect((await stopWhenReady(steps)).run).toMatchObject({
    ended: 'exited',
    report: { exitCode: 0, saidFinished: true },
  });
});

test.each([
  ['in its group', {}],
  ['in a session of its own', { session: true }],
  ['in a session of its own, with an output of its own', { session: true, quiet: true }],
  ['in its group, with an empty environment', { bare: true }],
])('a grandchild %s is gone when a run has ended', async (_, how) => {
  const seconds = `6${Math.floor(Math.random() * 1e8)}`;
  const done = await run([{ spawn: ['sleep', seconds], ...how }, { say: 'so' }, FINISHED]);
  expect(done).toMatchObject({ run: { ended: 'exited', report: { exitCode: 0 } }, left: [] });
  expect(await sleepersFor(seconds)).toEqual([]);
});

test('a grandchild that ignores SIGTERM is gone when a run was stopped', async () => {
  const stubborn = { spawn: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'], session: true };
  const done = await stopWhenReady([stubborn, { sleep: 100 }, { say: 'ready' }, { hang: true }]);
  expect(done).toMatchObject({ run: { ended: 'stopped', killed: false }, left: [] });
});

test.each([
  ['total', { totalMs: 500, idleMs: 60_000 }, [{ say: 'so' }, { hang: true }]],
  ['idle', { totalMs: 60_000, idleMs: 500 }, [{ say: 'so' }, { hang: true }]],
] as const)('a run past its %s limit is stopped, and says so', async (limit, limits, steps) => {
  const done = await run(steps, { recipe: { limits: { ...limits, graceMs: 20_000 } } });
  expect(done.run).toMatchObject({ ended: 'overran', limit, killed: false, report: { exitCode: 1 } });
});

test('a run that keeps talking is not idle', async () => {
  const steps = Array.from({ length: 8 }, () => [{ sleep: 150 }, { say: 'still here' }]).flat();
  const done = await run([...steps, FINISHED], {
    recipe: { limits: { totalMs: 60_000, idleMs: 900, graceMs: 20_000 } },
  });
  expect(done.run).toMatchObject({ ended: 'exited', report: { saidFinished: true } });
});

test('a run that prints too much is stopped', async () => {
  const done = await run([{ flood: 1e12 }], { kitchen: { outputLimit: 5_000_000 } });
  expect(done.run).toMatchObject({ ended: 'overran', limit: 'output' });
});

test('nothing secret is in the arguments of Packer', async () => {
  const recipe = { secrets: { password: 'docker.password' } };
  await withTemplate(
    fake([{ say: 'ready' }, { sleep: 300 }]),
    { recipe, secrets: { 'docker.password': 'hunter22' } },
    async (stage, staged, kitchen) => {
      const running = runPacker(stage, staged, kitchen);
      await until('Packer runs', async () =>
        (await processesOf(stage.dir)).some((one) => one.includes('template.json')),
      );
      const argv = (await processesOf(stage.dir)).join('\n');
      expect(argv).toContain(`-var-file=${stage.varFile}`);
      expect(argv).not.toContain('hunter22');
      await running;
    },
  );
});

test('a hundred megabytes of output leave the memory as it was', async () => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(import.meta.dirname, 'testing/lone-worker.ts'), 'flood'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  await once(child, 'close');
  const { lines, grownMb } = JSON.parse(said);
  expect(lines).toBe(1_000_000);
  expect(grownMb).toBeLessThan(100);
}, 60_000);

async function sleepersFor(seconds: string): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
  return all.filter((one) => one.includes(seconds));
}
