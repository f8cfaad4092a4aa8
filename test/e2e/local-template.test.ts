import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/fleet.ts';
import { whatIsLeftOf } from '../support/what-is-left.ts';
import { type BarePacker, barePacker } from './bare-packer.ts';
import { openTar } from './open-image.ts';

const MINUTES = 60_000;
/** The worker's own comes first. */
const WAYS_TO_STOP = ['SIGTERM to Packer', 'SIGTERM to its group', 'SIGINT to its group', 'SIGKILL to its group'];
let bare: BarePacker;
beforeAll(async () => {
  bare = await barePacker();
});
afterAll(async () => {
  await bare.remove();
  expect(await whatIsLeftOf(bare.directory)).toEqual([]);
});

test.each(process.env['E2E_SHORT'] ? WAYS_TO_STOP.slice(0, 1) : WAYS_TO_STOP)(
  '%s while the base tree is made leaves no process and no mount',
  async (how) => {
    const [signal = '', target = ''] = how.split(' to ');
    const build = bare.build('stopped');
    await until(async () => build.said().includes('extracting archives'), 'mmdebstrap', 2 * MINUTES);

    const pid = build.packer.pid ?? 0;
    process.kill(target === 'Packer' ? pid : -pid, signal);
    await build.ended;

    await until(async () => (await whatIsLeftOf(bare.directory)).length === 0, 'everything to end');
    // Nobody is left to tidy up after a SIGKILL; that is the stage's business.
    if (signal !== 'SIGKILL') await until(async () => isBare(build.temporary), 'the work directory to go');
    expect(existsSync(bare.output('stopped', 'stopped.tar'))).toBe(false);
  },
  4 * MINUTES,
);

test('two bakes at once make the base tree once, and a later one finds it', { timeout: 6 * MINUTES }, async () => {
  const first = await Promise.all([bare.build('one').ended, bare.build('two').ended]);
  expect(first.map(({ code, output }) => (code === 0 ? 0 : output))).toEqual([0, 0]);
  const makers = first.filter(({ output }) => output.includes('==> making the base tree'));
  expect(makers).toHaveLength(1);

  const later = await bare.build('three').ended;
  expect(later.output).toContain('is at hand');
  expect(later.seconds).toBeLessThan((makers[0]?.seconds ?? 0) * 0.75);

  for (const name of ['one', 'two', 'three']) {
    const image = await openTar(bare.output(name, `${name}.tar`));
    expect(image.packages).toContain('hello');
    expect(await image.hasProgram('usr/bin/hello')).toBe(true);
  }
});

test('beside the image stand its sum, its packages and a manifest that names it', {
  timeout: 4 * MINUTES,
}, async () => {
  const { code, output } = await bare.build('sum', { packages: 'hello, cowsay', appversion: 'hello-2.10 \'q\' "$x"' })
    .ended;
  expect(code, output).toBe(0);

  const digest = createHash('sha256')
    .update(await readFile(bare.output('sum', 'sum.tar')))
    .digest('hex');
  expect(await readFile(bare.output('sum', 'sum.sha256'), 'utf8')).toMatch(new RegExp(`^${digest}\\s+sum\\.tar`));
  expect(await readFile(bare.output('sum', 'sum.packages.txt'), 'utf8')).toMatch(/^cowsay \S+ all$/m);
  const manifest = JSON.parse(await readFile(bare.output('sum', 'manifest.json'), 'utf8'));
  expect(manifest.builds[0].files[0].name).toBe(bare.output('sum', 'sum.tar'));
  expect(await leftoversInImage(bare.output('sum', 'sum.tar'))).toEqual([]);
});

test("an unknown package fails the bake with apt's own words, and leaves no image", {
  timeout: 4 * MINUTES,
}, async () => {
  const build = bare.build('absent', { packages: 'hello no-such-thing' });
  const { code, output } = await build.ended;
  expect(code).toBe(1);
  expect(output).toContain('E: Unable to locate package no-such-thing');
  expect(existsSync(bare.output('absent', 'absent.tar'))).toBe(false);
  expect(await isBare(build.temporary)).toBe(true);
});

test('values are never run by a shell', { timeout: 4 * MINUTES }, async () => {
  const mark = path.join(bare.directory, 'ran');
  const evil = `$(touch${'$'}{IFS}${mark}) \`touch ${mark}\`; touch ${mark} ' ; touch ${mark} ; '`;
  const { code } = await bare.build('evil', { packages: evil, repository: evil, appversion: evil, upgrade: evil })
    .ended;
  expect(code).toBe(1);
  const { code: named } = await bare.build('evil', { local_target_image: `../${evil}` }).ended;
  expect(named).toBe(1);
  expect(existsSync(mark)).toBe(false);
});

/** What Packer keeps for itself is not the bake's. */
const isBare = async (directory: string): Promise<boolean> =>
  (await readdir(directory)).every((name) => name.startsWith('.packer') || name.startsWith('packer-'));

/** Files that would tell of the machine that baked, or make two machines of one image the same. */
async function leftoversInImage(image: string): Promise<string[]> {
  const { execFileSync } = await import('node:child_process');
  const listed = execFileSync('tar', ['--list', '--verbose', '--file', image], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const unwanted =
    /\.\/(etc\/resolv\.conf|root\/install_packages\.sh|var\/lib\/apt\/lists\/.+|var\/log\/.+\.log|dev\/.+|proc\/.+)$/;
  return listed.split('\n').filter((line) => unwanted.test(line));
}
