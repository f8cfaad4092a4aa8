import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fleet, startFleet, until } from '../support/fleet.ts';
import { type PrivateDocker, startPrivateDocker } from '../support/private-docker.ts';
import { startRegistry } from '../support/registry.ts';
import { whatIsLeftOf } from '../support/what-is-left.ts';
import { ask, cancel, ended, logOf } from './bakes.ts';

const MINUTES = 60_000;
const BASE = 'debian:bookworm-local';
const HELLO = {
  provider: 'docker',
  region: 'here',
  base: 'bookworm-local',
  packages: ['hello'],
  options: { organization: 'team' },
  // The only network that a Docker without a bridge has.
  variables: { docker_network: 'host', docker_target_image_tag: '42' },
};

let docker: PrivateDocker | undefined;
let fleet: Fleet | undefined;
let unavailable = '';

beforeAll(async () => {
  const started = await startPrivateDocker();
  if ('unavailable' in started) {
    unavailable = started.unavailable;
    return;
  }
  docker = started;
  await docker.importDebian('bookworm', BASE);
  const settings = path.join(docker.directory, 'bookworm-local.yml');
  await writeFile(settings, SETTINGS);
  const shipped = path.resolve(import.meta.dirname, '../../settings/bakehouse.yml');
  fleet = await startFleet({
    environment: {
      BAKEHOUSE_SETTINGS: `${shipped}:${settings}`,
      DOCKER_HOST: docker.host,
      DOCKER_CONFIG: docker.directory,
    },
  });
}, 5 * MINUTES);

afterAll(async () => {
  await fleet?.stop();
  await docker?.stop();
  expect(docker ? await whatIsLeftOf(docker.directory) : []).toEqual([]);
}, 2 * MINUTES);

beforeEach((context) => {
  if (unavailable !== '') context.skip(unavailable);
});

test('a docker bake makes an image of the asked name and tag with the package in it', {
  timeout: 5 * MINUTES,
}, async () => {
  const { fleet, docker } = parts();
  const id = await ask(fleet, HELLO);
  const bake = await ended(fleet, id);
  expect(bake, await logOf(fleet, id)).toMatchObject({
    state: 'baked',
    artifacts: [{ type: 'docker/image', reference: 'team/hello:42' }],
  });

  expect(await docker.docker('run', '--rm', '--network=host', 'team/hello:42', 'hello')).toBe('Hello, world!');
  const labels = JSON.parse(
    await docker.docker('image', 'inspect', 'team/hello:42', '--format', '{{json .Config.Labels}}'),
  );
  expect(labels).toHaveProperty('appversion');
  expect(await docker.docker('ps', '--all', '--quiet')).toBe('');
});

test('the classic template tags for the registry and pushes', { timeout: 5 * MINUTES }, async (context) => {
  const { fleet, docker } = parts();
  const registry = await startRegistry();
  if ('unavailable' in registry) return context.skip(registry.unavailable);
  try {
    const variables = {
      ...HELLO.variables,
      docker_target_repository: `${registry.address}/pool`,
      docker_pull: 'false',
    };
    const id = await ask(fleet, { ...HELLO, template: 'docker.json', variables });
    const reference = `${registry.address}/pool/team/hello:42`;
    expect(await ended(fleet, id), await logOf(fleet, id)).toMatchObject({
      state: 'baked',
      artifacts: [{ reference }],
    });
    expect(await registry.tags('pool/team/hello')).toEqual(['42']);
    await docker.docker('image', 'rm', reference);
    expect(await docker.docker('run', '--rm', '--network=host', reference, 'hello')).toBe('Hello, world!');
  } finally {
    await registry.stop();
  }
});

test('a docker bake that is cancelled leaves no container and no image', { timeout: 5 * MINUTES }, async () => {
  const { fleet, docker } = parts();
  const images = await docker.docker('images', '--all', '--quiet');
  const id = await ask(fleet, { ...HELLO, imageName: 'stopped', packages: ['texlive-full'] });
  await until(async () => (await logOf(fleet, id)).includes('packages: texlive-full'), 'the container', MINUTES);

  expect(await cancel(fleet, id)).toBeLessThan(300);
  expect((await ended(fleet, id)).state).toBe('cancelled');
  expect(await docker.docker('ps', '--all', '--quiet')).toBe('');
  expect(await docker.docker('images', '--all', '--quiet')).toBe(images);
});

test('a package that does not exist fails a docker bake as a package', { timeout: 5 * MINUTES }, async () => {
  const { fleet, docker } = parts();
  const bake = await ended(fleet, await ask(fleet, { ...HELLO, packages: ['no-such-thing'] }));
  expect(bake).toMatchObject({ state: 'failed', failure: { class: 'package' } });
  expect(await docker.docker('ps', '--all', '--quiet')).toBe('');
});

/** Set in `beforeAll` whenever a test runs at all. */
function parts(): { fleet: Fleet; docker: PrivateDocker } {
  if (!fleet || !docker) throw new Error('the tests of docker run without fleet or docker');
  return { fleet, docker };
}

const SETTINGS = `
docker:
  bakeryDefaults:
    templateFile: docker-local.json
    baseImages:
      - baseImage: { id: bookworm-local, packageType: deb }
        virtualizationSettings: { sourceImage: '${BASE}' }
`;
