import { checkSettings, providers } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { ApiEnvironment } from '../../apps/api/src/config.ts';
import { StackEnvironment } from '../../apps/cli/src/config.ts';
import { WorkerEnvironment } from '../../apps/worker/src/config.ts';

const programs = [ApiEnvironment, WorkerEnvironment, StackEnvironment].flatMap(({ shape }) => Object.keys(shape));
const clouds = Object.values(providers).flatMap(({ environment }) => environment);

const sections = Object.values(providers).map(({ section }) => section.toUpperCase());
const enabled = Object.fromEntries(sections.map((section) => [`${section}_ENABLED`, 'true']));

/** Variables say settings by their names: `DOCKER_ENABLED` is `docker.enabled`. One that means something else as well would say it unasked. */
test.each([...new Set([...programs, ...clouds])])(
  '%s, which a program or Packer reads, says no setting too',
  (name) => {
    const { settings, problems } = checkSettings([], { ...enabled, [name]: '5' });
    expect(problems).toEqual([]);
    const said = settings
      ?.effective()
      .flatMap(({ origin }) => (origin !== 'default' && 'environment' in origin ? [origin.environment] : []));
    expect(said?.sort()).toEqual(Object.keys(enabled).sort());
  },
);
