// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what some of this is about
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/bakehouse.mjs', import.meta.url));

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'bk-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const full = path.join(dir, name);
  await writeFile(full, text);
  return full;
}

async function settings(argv: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  const child = spawn(process.execPath, [BIN, 'settings', ...argv], { env });
  const ended = once(child, 'close');
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, exitCode };
}

const GOOD = [
  'server: { port: 1 }',
  'docker:',
  '  enabled: ${DOCKER_ON:true}',
  '  bakeryDefaults: { targetRepository: "https://me:hush-1@r.example", loginPassword: hush-2, secretVariables: { a: "${HUSH:hush-3}" } }',
].join('\n');

test('files that can be used are told as such, with what they enable and what is ignored', async () => {
  const good = await file('good.yml', GOOD);
  const { exitCode, stdout } = await settings(['check', good]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`ignored  ${good}:1: server.port: not needed here: the api listens where HOST and PORT say`);
  expect(stdout).toMatch(/^enabled {2}docker: bookworm, /m);
  expect(stdout).toMatch(/these settings can be used\n$/);
});

test('files that cannot be used are told problem by problem, and end with the code for what is refused', async () => {
  const bad = await file('bad.yml', 'server: {}\nbakehouse:\n  attempts: many\n  bakeKey: dishonest\n');
  const person = await settings(['check', bad]);
  expect(person.exitCode).toBe(2);
  expect(person.stdout).toMatch(new RegExp(`^wrong {4}${bad}:3: bakehouse.attempts: .*it says 'many'$`, 'm'));
  expect(person.stdout).toContain(`${bad}:4: bakehouse.bakeKey`);
  expect(person.stdout).toContain(`${bad}:1: server`);

  const program = await settings(['check', bad, '--json']);
  expect(program.exitCode).toBe(2);
  expect(JSON.parse(program.stdout)).toMatchObject({
    valid: false,
    problems: [{ file: bad, line: 3, path: 'bakehouse.attempts' }, { line: 4 }],
    warnings: [{ file: bad, line: 1, path: 'server' }],
    enabled: [],
  });
});

test('a masked variable that a plain setting fills is told with where to move its value', async () => {
  const masking = await file(
    'masking.yml',
    'local: { bakeryDefaults: { maskedPackerParameters: [notes, local_suite] } }',
  );
  const { exitCode, stdout } = await settings(['check', masking]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^masked {3}${masking}:1: .*: local_suite .*local.bakeryDefaults.secretVariables`, 'm'),
  );
  expect(stdout).not.toContain('notes');
  const { warnings } = JSON.parse((await settings(['check', masking, '--json'])).stdout);
  expect(warnings).toMatchObject([{ file: masking, path: 'local.bakeryDefaults.maskedPackerParameters.1' }]);
});

test('a file that is not there is named', async () => {
  const { exitCode, stderr } = await settings(['show', '/no/such.yml']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('/no/such.yml: cannot be read');
});

test('the settings that count are shown with where they come from, and no secret', async () => {
  const good = await file('good.yml', GOOD);
  const env = { BAKEHOUSE_SETTINGS: good, HUSH: 'hush-4', DOCKER_ON: 'true', BAKEHOUSE_ATTEMPTS: '2' };
  const person = await settings(['show'], env);
  expect(person.exitCode).toBe(0);
  expect(person.stdout).toContain(`  enabled: true  # ${good}:3 with DOCKER_ON of the environment`);
  expect(person.stdout).toContain('  attempts: 2  # environment BAKEHOUSE_ATTEMPTS');
  expect(person.stdout).toMatch(/ {2}timeoutSeconds: 3600 {2}# settings\/bakehouse\.yml:\d+/);
  expect(person.stdout).toMatch(/ {2}bakeAccount: test {2}# default/);
  expect(person.stdout).toContain(`loginPassword: "******"  # ${good}:4`);

  const program = await settings(['show', good, '--json'], env);
  expect(JSON.parse(program.stdout).settings).toContainEqual({
    path: 'docker.bakeryDefaults.secretVariables.a',
    value: '******',
    origin: { file: good, line: 4 },
    variables: ['HUSH'],
  });
  expect(person.stdout + program.stdout).not.toContain('hush');
});
