import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { expect, test } from 'vitest';
import { environmentText, findWayToRoot } from './as-root.ts';
import { allowedEnvironment } from './environment.ts';
import { runPacker } from './run.ts';
import { processesOf, until, withTemplate } from './testing/kitchen.ts';

const sudo = [path.join(import.meta.dirname, 'testing/sudo'), '-n', '--'];
const FINISHED = { finished: true };
const fake = (steps: readonly unknown[]) => ({ builders: [], steps });

test('what Packer sees behind sudo is what it sees without, whatever is in the values', async () => {
  const environment = { ...allowedEnvironment(env, []), AWS_SECRET_ACCESS_KEY: 'a\\nb\n"$HOME\' \n', EMPTY: '' };
  const seenBy = (how: readonly string[]) =>
    withTemplate(
      fake([
        { spawn: ['sh', '-c', 'tr "\\0" "\\1" < /proc/self/environ > "$TMPDIR/seen"; touch "$TMPDIR/done"'] },
        { sleep: 300 },
        FINISHED,
      ]),
      { kitchen: { environment, sudo: how } },
      async (stage, recipe, kitchen) => {
        await runPacker(stage, recipe, kitchen);
        const seen = (await readFile(path.join(stage.tmpDir, 'seen'), 'utf8')).split('\u0001').sort();
        return seen.map((line) => line.replaceAll(stage.dir, 'STAGE').replaceAll(stage.cacheDir, 'CACHE'));
      },
    );
  const [with_, without] = [await seenBy(sudo), await seenBy([])];
  const own = /^(OLDPWD|PWD|SHLVL|_)=/;
  expect(with_.filter((line) => !own.test(line))).toEqual(without.filter((line) => !own.test(line)));
});

test('nothing that is a credential is an argument of anything', async () => {
  const environment = { ...allowedEnvironment(env, []), AWS_SECRET_ACCESS_KEY: 'hush-hush' };
  await withTemplate(
    fake([{ sleep: 2000 }, FINISHED]),
    { kitchen: { environment, sudo } },
    async (stage, recipe, kitchen) => {
      const run = runPacker(stage, recipe, kitchen);
      let lines: string[] = [];
      await until('it runs behind its shell', async () => {
        lines = await commandLines();
        return lines.filter((line) => line.includes(stage.dir)).length > 1;
      });
      expect(lines.join('\n')).not.toContain('hush-hush');
      expect(await run).toMatchObject({ ended: 'exited', report: { exitCode: 0, saidFinished: true } });
    },
  );
});

test('a stop reaches it through the shell, and it clears away first', async () => {
  const stopping = new AbortController();
  const ended = await withTemplate(
    fake([{ onTerm: { cleanup: 200, exit: 1 } }, { say: 'ready' }, { hang: true }]),
    { kitchen: { sudo, signal: stopping.signal } },
    async (stage, recipe, kitchen) => {
      const run = runPacker(stage, recipe, kitchen);
      await until('it is ready', () => kitchen.told.includes('ready'));
      stopping.abort();
      return { run: await run, told: kitchen.told, left: await processesOf(stage.dir) };
    },
  );
  expect(ended).toMatchObject({ run: { ended: 'stopped', killed: false }, left: [] });
  expect(ended.told).toContain('Cleanly cancelled builds after being interrupted.');
});

test('one that does not heed the stop is killed with all that it started', async () => {
  const stopping = new AbortController();
  const ended = await withTemplate(
    fake([
      { onTerm: 'ignore' },
      { spawn: ['sleep', '300'], session: true, quiet: true },
      { say: 'ready' },
      { hang: true },
    ]),
    {
      kitchen: { sudo, signal: stopping.signal },
      recipe: { limits: { totalMs: 60_000, idleMs: 60_000, graceMs: 500 } },
    },
    async (stage, recipe, kitchen) => {
      const run = runPacker(stage, recipe, kitchen);
      await until('it is ready', () => kitchen.told.includes('ready'));
      stopping.abort();
      return { run: await run, left: await processesOf(stage.dir) };
    },
  );
  expect(ended).toEqual({ run: { ended: 'stopped', killed: true }, left: [] });
});

test('what outlives it is ended before the stage goes', async () => {
  const left = await withTemplate(
    fake([{ spawn: ['sleep', '300'], session: true, quiet: true }, FINISHED]),
    { kitchen: { sudo } },
    async (stage, recipe, kitchen) => {
      await runPacker(stage, recipe, kitchen);
      return processesOf(stage.dir);
    },
  );
  expect(left).toEqual([]);
});

test.runIf(process.getuid?.() === 0)('what it has made is the worker’s in the end', async () => {
  const owners = await withTemplate(
    fake([
      { spawn: ['sh', '-c', 'mkdir -p "$TMPDIR/a" && touch "$TMPDIR/a/b" && chown 12345 "$TMPDIR/a" "$TMPDIR/a/b"'] },
      { sleep: 300 },
      FINISHED,
    ]),
    { kitchen: { sudo } },
    async (stage, recipe, kitchen) => {
      chownSync(stage.tmpDir, 12345, 12345);
      await runPacker(stage, recipe, kitchen);
      return ['', 'a', 'a/b'].map((name) => statSync(path.join(stage.tmpDir, name)).uid);
    },
  );
  expect(owners).toEqual([0, 0, 0]);
});

test('a Packer that has vanished is the trouble of the machine', async () => {
  const packer = { path: '/no/such/packer', version: '1.6.6', guard: [] };
  const run = withTemplate(fake([]), { kitchen: { packer, sudo } }, (stage, recipe, kitchen) =>
    runPacker(stage, recipe, kitchen),
  );
  await expect(run).rejects.toThrow('Packer (/no/such/packer) cannot be started');
});

test.runIf(process.getuid?.() === 0)('a user who is root needs no way to it', async () => {
  expect(await findWayToRoot(allowedEnvironment(env, []))).toEqual({ ok: true, value: [] });
});

test('a name that a shell cannot export is left out', () => {
  expect(environmentText({ 'A-B': 'x', C: 'y' })).toBe('C=y\n\n');
});

async function commandLines(): Promise<string[]> {
  const child = spawn('sh', ['-c', 'for f in /proc/[0-9]*/cmdline; do tr "\\0" " " < "$f" 2>/dev/null; echo; done']);
  const lines: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void lines.push(chunk));
  await once(child, 'close');
  return Buffer.concat(lines).toString().split('\n');
}
