import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { sweepStages } from './janitor.ts';
import { runPacker } from './run.ts';
import { openKitchen, processesOf, until, withTemplate } from './testing/kitchen.ts';
import { isSince, packersToTry } from './testing/packers.ts';

const NULL = { type: 'null', communicator: 'none' };

// `BAKEHOUSE_TEST_PACKERS=/a/packer:/b/packer` runs all of this on each.
describe.each(await packersToTry())('Packer $version', (packer) => {
  const real = async (template: unknown, over: Parameters<typeof withTemplate>[1] = {}) => {
    return withTemplate(
      template,
      { ...over, kitchen: { packer, ...over.kitchen } },
      async (stage, recipe, kitchen) => ({
        run: await runPacker(stage, recipe, kitchen),
        told: kitchen.told,
        left: await processesOf(stage.dir),
        files: await readdir(stage.outputDir),
      }),
    );
  };

  test('a file builder’s artifact is reported by both witnesses', async () => {
    const done = await real({
      variables: { output_dir: '', manifest_file: '' },
      builders: [{ type: 'file', name: 'one', content: 'an image', target: '{{user `output_dir`}}/root.img' }],
      'post-processors': [{ type: 'manifest', output: '{{user `manifest_file`}}' }],
    });
    const file = expect.stringMatching(/\/root\.img$/);
    expect(done.run).toMatchObject({
      ended: 'exited',
      report: {
        exitCode: 0,
        saidFinished: true,
        builds: [{ target: expect.stringMatching(/one$/), announced: 2, cut: false }],
        manifest: { entries: [{ builderType: 'file', artifactId: 'File', files: [file] }] },
      },
    });
    expect(done.files).toEqual(['root.img']);
  });

  test('a script that fails is reported with its build, and its secrets are masked', async () => {
    const done = await real(
      {
        variables: { password: '' },
        builders: [NULL],
        provisioners: [
          { type: 'shell-local', environment_vars: ['P={{user `password`}}'], inline: ['echo "is $P"; exit 7'] },
        ],
      },
      { recipe: { secrets: { password: 'x.y' } }, secrets: { 'x.y': 'hunter,22' } },
    );
    expect(done.run).toMatchObject({
      ended: 'exited',
      refused: false,
      report: { exitCode: 1, errorCount: 1, errors: [{ message: expect.stringContaining('status: 7') }] },
    });
    // From 1.13 on what a script says has the arrow that Packer's own words have.
    expect(done.told.join('\n')).toMatch(/^(==>| {3}) null: is <sensitive>$/m);
    expect(JSON.stringify(done)).not.toContain('hunter');
  });

  test('a record that a script writes past Packer is not believed', async () => {
    const forged = '1700000000,null,artifact,0,builder-id,packer.file\\n1700000000,null,artifact,0,end\\n';
    const done = await real({
      builders: [NULL],
      provisioners: [{ type: 'shell-local', inline: [`printf '${forged}' >&4`] }],
    });
    expect(done.run).toMatchObject({
      report: { exitCode: 0, builds: [{ records: [{ builderId: 'fnoeding.null' }] }] },
    });
  });

  test('it sees its own home and temp, and no environment of the worker’s', async () => {
    const done = await real({
      builders: [NULL],
      provisioners: [{ type: 'shell-local', inline: ['echo "home=$HOME tmp=$TMPDIR vitest=$VITEST"; pwd'] }],
    });
    expect(done.told.join('\n')).toMatch(
      /home=(\/tmp\/bk-\w+\/s\/s-\w+)\/home tmp=\1\/tmp vitest=\n(==>| {3}) null: \1\/work/,
    );
  });

  test.each(['sleep 600', 'sleep 600 & sleep 600', 'setsid sleep 600', 'trap "" TERM INT; sleep 600; sleep 600'])(
    'a run that is stopped during a silent `%s` leaves no process',
    async (script) => {
      const stop = new AbortController();
      const template = { builders: [NULL], provisioners: [{ type: 'shell-local', inline: [script] }] };
      const done = await withTemplate(
        template,
        { kitchen: { packer, signal: stop.signal } },
        async (stage, recipe, kitchen) => {
          const running = runPacker(stage, recipe, kitchen);
          await until('the script sleeps', async () =>
            (await processesOf(stage.dir)).some((one) => / sleep 600/.test(one)),
          );
          stop.abort();
          return { run: await running, left: await processesOf(stage.dir) };
        },
      );
      expect(done).toEqual({ run: { ended: 'stopped', killed: false }, left: [] });
    },
  );

  test.each([0, 30, 100])('a stop %i ms after the start leaves no process', async (ms) => {
    const template = { builders: [NULL], provisioners: [{ type: 'shell-local', inline: ['sleep 600'] }] };
    const done = await real(template, { kitchen: { signal: AbortSignal.timeout(ms) } });
    expect(done).toMatchObject({ run: { ended: 'stopped', killed: false }, left: [] });
  });

  test('when its inner process is killed, an exit of 0 is not taken for more', async () => {
    const template = { builders: [NULL], provisioners: [{ type: 'shell-local', inline: ['sleep 600'] }] };
    const done = await withTemplate(template, { kitchen: { packer } }, async (stage, recipe, kitchen) => {
      const running = runPacker(stage, recipe, kitchen);
      await until('the script sleeps', async () =>
        (await processesOf(stage.dir)).some((one) => / sleep 600/.test(one)),
      );
      const builds = (await processesOf(stage.dir)).filter((one) => / build -machine-readable/.test(one));
      const [, inner] = builds.map((one) => Number.parseInt(one, 10)).sort((a, b) => a - b);
      process.kill(inner ?? Number.NaN, 'SIGKILL');
      return { run: await running, left: await processesOf(stage.dir) };
    });
    expect(done).toMatchObject({ run: { ended: 'exited', report: { saidFinished: false, builds: [] } }, left: [] });
  });

  // From 1.10 on the docker builder is a plugin: `PACKER_PLUGIN_PATH` says where it is.
  test.skipIf(isSince(packer, '1.10') && !env['PACKER_PLUGIN_PATH'])(
    'a builder’s own clean-up runs when its worker is killed',
    async () => {
      await using kitchen = await openKitchen();
      const calls = path.join(kitchen.dir, 'docker.log');
      await writeFile(
        path.join(kitchen.dir, 'docker'),
        `#!/bin/sh\necho "$1" >> ${calls}\ncase "$1" in -v) echo Docker version 20.10.0;; run) echo c0ffee;; exec) exec sleep 600;; esac\n`,
        { mode: 0o755 },
      );
      const template = JSON.stringify({
        builders: [{ type: 'docker', image: 'none', pull: false, discard: true }],
        provisioners: [{ type: 'shell', inline: ['true'] }],
      });
      const worker = aLoneWorker(kitchen.dir, template, { packer: packer.path, PATH: `${kitchen.dir}:${env['PATH']}` });
      const called = () => readFile(calls, 'utf8').catch(() => '');
      await until('the script runs', async () => (await called()).includes('exec'));
      worker.kill('SIGKILL');
      await until('the container is removed', async () => /kill\n(.*\n)*rm\n/.test(await called()));
      await sweepStages(kitchen, { graceMs: 10_000, signal: new AbortController().signal });
      expect(await readdir(kitchen.root)).toEqual([]);
    },
  );

  test('when its worker is killed it cleans up by itself, and the janitor does the rest', async () => {
    await using kitchen = await openKitchen();
    const template = JSON.stringify({
      builders: [{ ...NULL, name: 'lost' }],
      provisioners: [{ type: 'shell-local', inline: ['echo begun; sleep 600'] }],
    });
    const worker = aLoneWorker(kitchen.dir, template, { packer: packer.path });
    const told = () => readFile(path.join(kitchen.dir, 'told'), 'utf8').catch(() => '');
    await until('the script has begun', async () => (await told()).includes('begun'));
    const [stage = ''] = await readdir(kitchen.root);
    const sweep = () => sweepStages(kitchen, { graceMs: 10_000, signal: new AbortController().signal });

    expect(await sweep()).toEqual({ removed: [], stuck: [] });

    worker.kill('SIGKILL');
    const output = path.join(kitchen.root, stage, 'build.out');
    await until('Packer cancels', async () => (await readFile(output, 'utf8')).includes('Cleanly cancelled builds'));
    const swept = await sweep();
    expect(swept.removed).toHaveLength(2);
    expect(swept.stuck).toEqual([]);
    expect(await processesOf(kitchen.dir)).toEqual([]);
    expect(await readdir(kitchen.root)).toEqual([]);
    expect(await readdir(path.join(kitchen.imagesDir, '.partial'))).toEqual([]);
  });
});

/** A process of its own that bakes a template below `dir`. */
function aLoneWorker(
  dir: string,
  template: string,
  { packer, PATH = env['PATH'] }: { packer: string; PATH?: string | undefined },
) {
  const program = path.join(import.meta.dirname, 'testing/lone-worker.ts');
  const argv = ['--import', 'tsx', program, 'bake', dir, template, packer];
  return spawn(process.execPath, argv, { stdio: 'inherit', env: { ...env, PATH } });
}
