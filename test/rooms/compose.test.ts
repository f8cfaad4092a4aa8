import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSealingKey } from '@bakehouse/bake';
import { expect, test } from 'vitest';
import { readYaml } from '../../packages/bake/src/settings/read-yaml.ts';
import { type Setting, settingAt, textAt } from '../../packages/bake/src/settings/setting.ts';

const services = composed();

test.each(['api', 'worker'])('of docker-compose.yml, %s reads the sealing key, and can do no more with it', (name) => {
  expect(textAt(services, `${name}.environment.BAKEHOUSE_SEALING_KEY_FILE`)).toBe('/keys/sealing.key');
  expect(textsAt(`${name}.volumes`)).toContain('keys:/keys:ro');
  expect(textAt(services, `${name}.depends_on.sealing-key.condition`)).toBe('service_completed_successfully');
});

test('nobody else of docker-compose.yml has the sealing key at hand, but who makes it', () => {
  expect(textsAt('redis.volumes')).toEqual(['redis:/data']);
  expect(textsAt('sealing-key.volumes')).toEqual(['keys:/keys']);
  expect(textAt(services, 'sealing-key.working_dir')).toBe('/keys');
});

// Only root may give a file to the user that the api is in its container.
test.skipIf(process.getuid?.() !== 0)(
  'the key that docker-compose.yml makes is made once, for one user, and is one',
  () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'bh-compose-'));
    try {
      const [program = '', ...args] = textsAt('sealing-key.command');
      const file = path.join(directory, 'sealing.key');
      const make = () => {
        execFileSync(program, args, { cwd: directory });
        return readFileSync(file, 'utf8');
      };
      const made = make();
      expect(readSealingKey(made).ok).toBe(true);
      expect(make()).toBe(made);
      expect(statSync(file)).toMatchObject({ uid: 1000, mode: 0o100600 });
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);

function composed(): Setting {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../docker-compose.yml'), 'utf8');
  const read = readYaml({ name: 'docker-compose.yml', text }, []);
  const found = read.ok ? settingAt(read.value, 'services') : undefined;
  if (!found) throw new Error('docker-compose.yml has no services that can be read');
  return found;
}

function textsAt(place: string): string[] {
  const found = settingAt(services, place);
  return found?.kind === 'list' ? found.items.flatMap((item) => (item.kind === 'text' ? [item.text] : [])) : [];
}
