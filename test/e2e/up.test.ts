import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTry, type Running, SLOW, type Try } from './try-stack.ts';

const Up = z.object({ state: z.literal('up'), api: z.url(), pids: z.record(z.string(), z.number()) });

const PATIENT = { timeout: 60_000, interval: 100 };
let here: Try | undefined;
afterEach(async () => {
  expect(await here?.remove()).toEqual([]);
});

async function isUp(running: Running): Promise<z.infer<typeof Up>> {
  await expect.poll(() => running.said, PATIENT).toMatchObject({ stdout: expect.stringContaining('\n') });
  return Up.parse(JSON.parse(running.said.stdout.split('\n', 1)[0] ?? ''));
}

/** A bake that is in Packer's hands and stays there. */
async function slowBake(api: string): Promise<string> {
  const body = JSON.stringify({ provider: 'local', region: 'local', base: 'bookworm', template: 'slow.json' });
  const asked = await fetch(`${api}/bakes`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { id } = z.object({ id: z.string() }).parse(await asked.json());
  await expect.poll(async () => (await fetch(`${api}/bakes/${id}/log`)).text(), PATIENT).toContain('begun');
  return id;
}

describe('bakehouse up', { timeout: 120_000 }, () => {
  test('says where all is, keeps others out of its directory, and drains at one press of Ctrl-C that npm doubles', async () => {
    here = await openTry(process.env);
    const up = here.start('up', '--json', '--port', '0', '--workers', '2');
    const { api, pids } = await isUp(up);
    expect(Object.keys(pids).sort()).toEqual(['api', 'redis', 'worker-1', 'worker-2']);
    for (const page of ['/ready', '/docs', '/admin/queues', '/metrics'])
      expect((await fetch(api + page)).status).toBe(200);
    expect((await stat(path.join(here.directory, '.bakehouse/up.lock'))).mode & 0o777).toBe(0o600);

    const second = await here.start('up', '--port', '0').ended;
    expect(second.code).toBe(3);
    expect(second.stderr).toMatch(new RegExp(`process ${up.pid} already runs a stack here at ${api}`));

    up.press('SIGINT');
    up.press('SIGINT');
    expect(await up.ended).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/\n\{"state":"down"\}\n$/),
    });
    expect(await here.left()).toEqual([]);
  });

  test('leaves nothing behind when it is killed without a word, and the next one takes over', async () => {
    here = await openTry(process.env, { 'slow.json': SLOW });
    const killed = here.start('up', '--json', '--port', '0');
    const id = await slowBake((await isUp(killed)).api);
    killed.press('SIGKILL');
    await killed.ended;
    await expect.poll(() => here?.left(), PATIENT).toEqual([]);

    const next = here.start('up', '--json', '--port', '0');
    const { api, pids } = await isUp(next);
    // What was asked for is still asked for.
    expect(z.object({ id: z.string() }).parse(await (await fetch(`${api}/bakes/${id}`)).json()).id).toBe(id);

    process.kill(pids['api'] ?? 0, 'SIGKILL');
    const { code, stderr } = await next.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/api ended by itself \(SIGKILL\)/);
    expect(await here.left()).toEqual([]);
  });

  test('stops bakes at the second Ctrl-C, and they wait again', async () => {
    here = await openTry(process.env, { 'slow.json': SLOW });
    const up = here.start('up', '--port', '0', '--worker-port', '0');
    await expect.poll(() => up.said.stdout, PATIENT).toContain('Ctrl-C drains');
    await slowBake(/API +(\S+)/.exec(up.said.stdout)?.[1] ?? '');
    up.press('SIGINT');
    await expect.poll(() => up.said.stdout, PATIENT).toContain('draining');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await Promise.race([up.ended, 'goes on'])).toBe('goes on');
    up.press('SIGINT');
    expect(await up.ended).toMatchObject({ code: 130, stdout: expect.stringContaining('they wait again') });
    expect(await here.left()).toEqual([]);
  });

  test('shows why a part cannot start, and stops the rest', async () => {
    here = await openTry(process.env);
    const { code, stderr } = await here.start('up', '--port', '0', '--packer', '/nowhere/packer').ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/worker-1 ended by itself[\s\S]*\/nowhere\/packer/);
    expect(await here.left()).toEqual([]);
  });
});
