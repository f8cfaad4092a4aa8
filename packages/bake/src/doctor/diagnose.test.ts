import { expect, test } from 'vitest';
import type { PackerReport } from '../packer-report.ts';
import { diagnose } from './diagnose.ts';

const aReport = (lastErrors: string[], exitCode: number | null = 1): PackerReport => ({
  exitCode,
  saidFinished: false,
  builds: [],
  errors: [],
  errorCount: 0,
  notices: [],
  lastErrors,
  manifest: 'absent',
});

test.each([
  ['package', 'nginxx', ['==> b: E: Unable to locate package nginxx', 'Script exited with non-zero exit status: 100']],
  [
    'network',
    'deb.example',
    ["W: Failed to fetch … Temporary failure resolving 'deb.example'", 'E: Unable to locate package nginx'],
  ],
  ['host', 'full', ['write /var/tmp/x: no space left on device']],
  [
    'host',
    'unix:///var/run/docker.sock',
    ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'],
  ],
  ['throttled', 'slow down', ['toomanyrequests: You have reached your pull rate limit']],
  ['name-conflict', "'out'", ["Output directory 'out' already exists. It must not exist."]],
  ['template', 'local_suite', ['required variable not set: local_suite']],
  [
    'provisioner',
    '7',
    [
      '==> b: Provisioning step had errors: Running the cleanup provisioner, if present...',
      "Build 'b' errored: Script exited with non-zero exit status: 7",
    ],
  ],
])('a failure of class %s names %s', (expected, said, lines) => {
  const failure = diagnose(aReport(lines));
  expect(failure.class).toBe(expected);
  expect(failure.message).toContain(said);
  expect(lines.join('\n')).toContain(failure.evidence[0]);
  expect(failure.next).not.toBe('');
});

test('what nobody knows is unknown, with the end of what was said', () => {
  const failure = diagnose(
    aReport(
      Array.from({ length: 30 }, (_, index) => `line ${index}`),
      3,
    ),
  );
  expect(failure).toMatchObject({ class: 'unknown', message: expect.stringContaining('3') });
  expect(failure.evidence.at(-1)).toBe('line 29');
  expect(failure.evidence.length).toBeLessThanOrEqual(10);
});

test('an end without a word is told by how it came', () => {
  expect(diagnose(aReport([], null))).toMatchObject({ class: 'host', leftovers: true });
  expect(diagnose(aReport([], 137))).toMatchObject({ class: 'host', leftovers: true });
  expect(diagnose(aReport([], 127))).toMatchObject({ class: 'toolchain' });
});
