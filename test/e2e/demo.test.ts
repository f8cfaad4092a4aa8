import { afterEach, describe, expect, test } from 'vitest';
import { BROKEN, openTry, QUICK, SLOW, type Try } from './try-stack.ts';

let here: Try | undefined;
afterEach(async () => {
  expect(await here?.remove()).toEqual([]);
});

describe('bakehouse demo', { timeout: 120_000 }, () => {
  test('shows a bake and that asking again is quick; the next demo bakes anew and says so', async () => {
    here = await openTry(process.env, { 'local.json': QUICK });
    const first = await here.start('demo').ended;
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/ id +sha256:[0-9a-f]{64}\n/);
    expect(first.stdout).toMatch(/ waiting +[\s\S]* building +[\s\S]* in all +/);
    expect(first.stdout).toMatch(/answered by bake \S+ in [\d.]+ m?s: the same image/);

    const second = await here.start('demo').ended;
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('of an earlier demo');
    const bakes = [first, second].map(({ stdout }) => /answered by bake (\S+)/.exec(stdout)?.[1]);
    expect(new Set(bakes).size).toBe(2);
  });

  test('ends with 1 and the reason when the bake fails', async () => {
    here = await openTry(process.env, { 'local.json': BROKEN });
    const { code, stdout } = await here.start('demo').ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/failure +\S+: .+\n/);
  });

  test('clears everything away at Ctrl-C', async () => {
    here = await openTry(process.env, { 'local.json': SLOW });
    const demo = here.start('demo');
    await expect.poll(() => demo.said.stdout, { timeout: 60_000 }).toContain('begun');
    demo.press('SIGINT');
    expect(await demo.ended).toMatchObject({ code: 130 });
    expect(await here.left()).toEqual([]);
  });
});
