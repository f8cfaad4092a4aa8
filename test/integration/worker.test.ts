import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
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
    const [port = ''] = /\d+$/.exec(redisUrl) ?? [];
    const everything = execFileSync('redis-cli', ['-p', port, '--raw', 'EVAL', EVERY_VALUE, '0'], {
      encoding: 'latin1',
    });
    expect(everything).toContain(id);
    expect(everything).not.toContain('pa5s');
    const logs = execFileSync('sh', ['-c', `cat ${directory}/*.log`], { encoding: 'latin1' });
    expect(logs).toContain(id);
    expect(logs).not.toContain('pa5s');
  });
});

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
