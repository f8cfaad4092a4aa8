import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ask, becomes, look } from '../support/ask.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';

const environment = {
  BAKEHOUSE_TEMPLATES: path.join(import.meta.dirname, 'templates'),
  // A setting, said by the environment.
  TEMPLATESNEEDINGROOT: 'sleeper.json',
};

let fleet: Fleet | undefined;
afterEach(async () => {
  const ending = fleet;
  fleet = undefined;
  await ending?.stop();
});

test('a template that needs root fails on a worker that does not allow it, once, and nothing is run', async () => {
  fleet = await startFleet({ environment });
  const id = await ask(fleet.url, { template: 'sleeper.json' });
  await becomes(fleet.url, id, { state: 'failed' });
  const bake = await look(fleet.url, id);
  expect(bake).toMatchObject({ attempts: 1, failure: { class: 'toolchain', leftovers: false } });
  expect(JSON.stringify(bake)).not.toContain('validating');
});

test.runIf(process.getuid?.() === 0)('and is baked by one that allows it', async () => {
  fleet = await startFleet({ environment: { ...environment, BAKEHOUSE_ROOT_TEMPLATES: 'sleeper.json' } });
  const id = await ask(fleet.url, { template: 'sleeper.json', variables: { seconds: '0' } });
  await becomes(fleet.url, id, { state: 'baked' });
});
