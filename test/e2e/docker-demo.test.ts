import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PrivateDocker, startPrivateDocker } from '../support/private-docker.ts';
import { openTry, type Try } from './try-stack.ts';

const MINUTES = 60_000;

let docker: PrivateDocker | undefined;
let unavailable = '';
let here: Try | undefined;

beforeAll(async () => {
  const started = await startPrivateDocker();
  if ('unavailable' in started) unavailable = started.unavailable;
  else docker = started;
}, MINUTES);
afterEach(async () => {
  expect(await here?.remove()).toEqual([]);
  here = undefined;
});
afterAll(() => docker?.stop(), MINUTES);

test('the docker demo bakes an image in a daemon that has no base image, no bridge and no registry', {
  timeout: 8 * MINUTES,
}, async (context) => {
  if (!docker) return context.skip(unavailable);
  here = await openTry({ ...process.env, DOCKER_HOST: docker.host, DOCKER_CONFIG: docker.directory });
  const first = await here.start('demo', '--provider', 'docker').ended;
  expect(first, first.stdout).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/the daemon has no debian:12-slim; making bakehouse-demo:bookworm with mmdebstrap/);
  expect(first.stdout).toContain('the image is tagged and not pushed');
  expect(first.stdout).toMatch(/answered by bake \S+ in [\d.]+ m?s: the same image/);
  expect(first.stdout).toContain(`in the docker daemon at ${docker.host}`);

  const [, image = ''] = /artifact +(\S+)/.exec(first.stdout) ?? [];
  expect(await docker.docker('run', '--rm', '--network=host', image, 'hello')).toBe('Hello, world!');
  expect(await docker.docker('ps', '--all', '--quiet')).toBe('');
  expect(await docker.docker('images', '--format', '{{.Repository}}:{{.Tag}}')).not.toContain('coming');

  const second = await here.start('demo', '--provider', 'docker').ended;
  expect(second.code, second.stdout).toBe(0);
  expect(second.stdout).toContain('using bakehouse-demo:bookworm, which an earlier demo made');
});

test('the docker demo without a daemon starts nothing, and says where it looked and what to do', async (context) => {
  if (!docker) return context.skip(unavailable);
  here = await openTry({ ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' });
  const { code, stdout, stderr } = await here.start('demo', '--provider', 'docker').ended;
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/no docker daemon answers at unix:\/\/\/nowhere\/docker.sock .+; start one \(.+DOCKER_HOST/);
});

test('the docker demo without docker starts nothing, and says what to install', async () => {
  here = await openTry({ ...process.env, PATH: '/nowhere' });
  const { code, stdout, stderr } = await here.start('demo', '--provider', 'docker').ended;
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/there is no docker on PATH.+; install it/);
});
