import { execFileSync } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, becomes, logOf, look, says } from '../support/ask.ts';
import { type Fleet, type FleetOptions, startFleet, until } from '../support/fleet.ts';
import { processesAbout } from '../support/what-is-left.ts';

const SECRET = 'pa5s,w0rd/of the "recipe"';
const environment = {
  BAKEHOUSE_SETTINGS: path.join(import.meta.dirname, 'settings.yml'),
  BAKEHOUSE_TEMPLATES: path.join(import.meta.dirname, 'templates'),
  BAKEHOUSE_SLOTS: '1',
  BAKEHOUSE_LOCK_SECONDS: '4',
  TEST_RECIPE_SECRET: SECRET,
};

let fleet: Fleet | undefined;
const aFleet = async (options: FleetOptions = {}): Promise<Fleet> => {
  fleet = await startFleet({ environment, ...options });
  return fleet;
};

/** A bake that is asleep in Packer, and the mark by which its processes are known. */
async function asleep(url: string, seconds: number): Promise<{ id: string; mark: string }> {
  const mark = crypto.randomUUID();
  const id = await ask(url, { template: 'sleeper.json', variables: { seconds: String(seconds), mark } });
  await says(url, id, `begun ${mark}`);
  return { id, mark };
}

const exitOf = (child: Fleet['workers'][number]): Promise<number | null> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', (code) => resolve(code)))
    : Promise.resolve(child.exitCode);

afterEach(async () => {
  const ending = fleet;
  fleet = undefined;
  await ending?.stop();
});

describe('a worker', () => {
  test('that is told to end finishes the bake in hand, takes nothing new, and leaves no process and no stage', async () => {
    const { url, workers, directory } = await aFleet();
    const { id, mark } = await asleep(url, 3);
    const next = await ask(url, { template: 'sleeper.json' });
    workers[0]?.kill('SIGTERM');

    expect(await exitOf(workers[0] as Fleet['workers'][number])).toBe(0);
    expect((await look(url, id)).state).toBe('baked');
    expect((await look(url, next)).state).toBe('waiting');
    expect(await processesAbout(mark)).toEqual([]);
    expect(await readdir(path.join(directory, 'st'))).toEqual([]);
  });

  test('that is told so twice stops at once, and another bakes it without a try being used up', async () => {
    const { url, workers, startWorker } = await aFleet();
    const { id, mark } = await asleep(url, 30);
    workers[0]?.kill('SIGTERM');
    // A signal that follows sooner is taken for the same one.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const told = performance.now();
    workers[0]?.kill('SIGTERM');

    expect(await exitOf(workers[0] as Fleet['workers'][number])).toBe(0);
    expect(performance.now() - told).toBeLessThan(15_000);
    expect(await processesAbout(mark)).toEqual([]);
    expect(await look(url, id)).toMatchObject({ state: 'waiting', attempts: 0 });

    await startWorker();
    await becomes(url, id, { state: 'baking' });
    expect((await look(url, id)).attempts).toBe(1);
    await fetch(`${url}/bakes/${id}`, { method: 'DELETE' });
    await becomes(url, id, { state: 'cancelled' });
  });

  test('that is killed loses its bake to another, its Packer ends, and its stage is cleared', async () => {
    const { url, workers, startWorker, directory } = await aFleet();
    const { id, mark } = await asleep(url, 5);
    workers[0]?.kill('SIGKILL');
    await startWorker();

    expect((await becomes(url, id, { state: 'baked', everyMs: 200 })).attempts).toBe(2);
    expect(await processesAbout(mark)).toEqual([]);
    await until(async () => (await readdir(path.join(directory, 'st'))).length === 0, 'the stages to be cleared');
    expect(await readdir(path.join(directory, 'images/.partial'))).toEqual([]);
  });

  test('that is far from the api stops its bake within a second of a cancel', async () => {
    const { url } = await aFleet({ workers: 2 });
    const { id, mark } = await asleep(url, 60);
    const asked = performance.now();
    const answer = await fetch(`${url}/bakes/${id}`, { method: 'DELETE' });

    expect(answer.status).toBe(202);
    await says(url, id, 'Cancelling build');
    expect(performance.now() - asked).toBeLessThan(1_000);
    await becomes(url, id, { state: 'cancelled' });
    expect(await processesAbout(mark)).toEqual([]);
  });

  test('bakes on while Redis is away, and lays the image down when it is back', async () => {
    const { url, redis, startRedis } = await aFleet();
    const { id, mark } = await asleep(url, 4);
    redis().kill('SIGKILL');
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    await until(async () => (await processesAbout(mark)).length === 0, 'Packer to end');
    await startRedis();

    await until(async () => (await look(url, id)).state === 'baked', 'the bake to be laid down', 60_000);
  });

  test('shows a secret to Packer and to nobody else', async () => {
    const { url, redisUrl, directory } = await aFleet();
    const { id, mark } = await asleep(url, 2);
    const staged = execFileSync('find', [path.join(directory, 'st'), '-name', 'variables.json', '-printf', '%m'], {
      encoding: 'utf8',
    });
    expect(staged).toBe('600');
    const [packer] = await processesAbout(mark);
    expect(packer).toBeDefined();
    await becomes(url, id, { state: 'baked' });

    expect(await logOf(url, id)).toContain(`begun ${mark} with <sensitive>`);
    for (const all of [everythingIn(redisUrl), logsIn(directory)]) {
      expect(all).toContain(id);
      expect(all).not.toContain('pa5s');
    }
  });

  test('shows what a request confides to Packer and to nobody else, while it bakes and after', async () => {
    const { url, redisUrl, directory } = await aFleet({
      environment: { ...environment, BAKEHOUSE_SEALING_KEY: KEY },
      workers: 0,
    });
    const mark = crypto.randomUUID();
    const word = `gr4pes${mark.slice(0, 8)}`;
    // The one is a secret of the settings, which the caller overrides; the other looks like one.
    const variables = { seconds: '3', mark, recipe_secret: `${word},of "wrath"`, vault_token: `${word}-too` };
    const id = await ask(url, { template: 'sleeper.json', variables });
    expect(everythingIn(redisUrl)).not.toContain(word);

    await fleet?.startWorker();
    await says(url, id, `begun ${mark} with <sensitive>`);
    const staged = execFileSync('find', [path.join(directory, 'st'), '-name', 'variables.json'], { encoding: 'utf8' });
    expect((await stat(staged.trim())).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(staged.trim(), 'utf8'))).toMatchObject(variables);
    // Packer's own words, before they are redacted, stand in the 0700 stage as long as it does.
    const elsewhere = execFileSync('sh', ['-c', `grep -rl ${word} ${directory} | grep -v ^${directory}/st/ || true`]);
    expect(elsewhere.toString()).toBe('');
    // The template's own shell has it there, because that is how Packer hands environment_vars to a local one.
    const commands = (await commandLines()).filter((command) => !command.startsWith('/bin/sh'));
    expect(commands.filter((command) => command.includes('variables.json'))).not.toEqual([]);
    for (const command of commands) expect(command).not.toContain(word);
    expect(everythingIn(redisUrl)).not.toContain(word);

    const bake = await becomes(url, id, { state: 'baked' });
    expect(bake.recipe.confidential).toEqual(['recipe_secret', 'vault_token']);
    const told = JSON.stringify([bake, await logOf(url, id)]);
    for (const all of [told, everythingIn(redisUrl), logsIn(directory)]) {
      expect(all).toContain(id);
      expect(all).not.toContain(word);
    }
    expect(execFileSync('sh', ['-c', `grep -rl ${word} ${directory} || true`]).toString()).toBe('');
  });

  test.each([
    ['no key', '', 'this worker has no sealing key'],
    ['another key', `${KEY.slice(1)}0`, 'sealed with another key'],
  ])('that has %s fails a bake with secrets at once, and says which and what to do', async (_what, key, message) => {
    const { url, startWorker, directory } = await aFleet({
      environment: { ...environment, BAKEHOUSE_SEALING_KEY: KEY },
      workers: 0,
    });
    const id = await ask(url, { template: 'sleeper.json', variables: { vault_token: 'gr4pes' } });
    await startWorker({ BAKEHOUSE_SEALING_KEY: key });
    const { failure, attempts } = await becomes(url, id, { state: 'failed' });
    expect(failure).toMatchObject({ class: 'auth', message: expect.stringContaining(message) });
    expect(failure.message).toContain('vault_token');
    expect(failure.next).toContain('BAKEHOUSE_SEALING_KEY');
    expect(attempts).toBe(1);
    expect(logsIn(directory)).not.toContain(KEY.slice(8, 40));
  });

  test('bakes a classic request with secrets where nobody has a key, and keeps them no longer than that', async () => {
    const { url, redisUrl, directory } = await aFleet();
    const mark = crypto.randomUUID();
    const attributes = { seconds: '1', mark, recipe_secret: 'gr4pes' };
    const response = await fetch(`${url}/api/v1/here/bake`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        cloud_provider_type: 'local',
        base_os: 'bookworm',
        template_file_name: 'sleeper.json',
        extended_attributes: attributes,
      }),
    });
    const { id } = (await response.json()) as { id: string };
    await becomes(url, id, { state: 'baked' });
    expect(await logOf(url, id)).toContain(`begun ${mark} with <sensitive>`);
    for (const all of [everythingIn(redisUrl), logsIn(directory)]) {
      expect(all).toContain(id);
      expect(all).not.toContain('gr4pes');
    }
    expect(logsIn(directory)).toContain('BAKEHOUSE_SEALING_KEY_FILE');
  });
});

const KEY = '0f1e2d3c4b5a6978'.repeat(4);

function everythingIn(redisUrl: string): string {
  const [port = ''] = /\d+$/.exec(redisUrl) ?? [];
  return execFileSync('redis-cli', ['-p', port, '--raw', 'EVAL', EVERY_VALUE, '0'], { encoding: 'latin1' });
}

const logsIn = (directory: string): string =>
  execFileSync('sh', ['-c', `cat ${directory}/*.log`], { encoding: 'latin1' });

/** Of every process on this machine. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
}

/** All keys with all they hold, whatever their type. */
const EVERY_VALUE = `
local all = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  local how = {
    string = {'GET', key}, hash = {'HGETALL', key}, set = {'SMEMBERS', key}, list = {'LRANGE', key, 0, -1},
    zset = {'ZRANGE', key, 0, -1}, stream = {'XRANGE', key, '-', '+'},
  }
  all[#all + 1] = key
  all[#all + 1] = cjson.encode({redis.call(unpack(how[kind]))})
end
return table.concat(all, '\\n')`;
