import { expect, test } from 'vitest';
import { readOutput } from './report.ts';

const at = (lines: readonly string[]): string => lines.map((line) => `1700000000,${line}`).join('\n');

const FINISHED = ',ui,say,\\n==> Builds finished. The artifacts of successful builds are:';

const record = (build: string, index: number, id: string): string[] => [
  `${build},artifact,${index},builder-id,packer.file`,
  `${build},artifact,${index},id,${id}`,
  `${build},artifact,${index},string,Stored file: /out/a`,
  `${build},artifact,${index},files-count,1`,
  `${build},artifact,${index},file,0,/out/a`,
  `${build},artifact,${index},end`,
];

test('records are gathered by build, repeats included', () => {
  const text = at([FINISHED, 'a,artifact-count,2', ...record('a', 0, 'File'), ...record('a', 1, 'File')]);
  const report = readOutput(text, { exitCode: 0 });
  const one = { builderId: 'packer.file', id: 'File', text: 'Stored file: /out/a', files: ['/out/a'] };
  expect(report).toMatchObject({ exitCode: 0, saidFinished: true, manifest: 'absent' });
  expect(report.builds).toEqual([{ target: 'a', announced: 2, records: [one, one], cut: false }]);
});

test.each([
  ['has no end', [FINISHED, 'a,artifact-count,1', ...record('a', 0, 'File').slice(0, -1)]],
  ['was announced and never came', [FINISHED, 'a,artifact-count,2', ...record('a', 0, 'File')]],
])('a build is cut when a record %s', (_, lines) => {
  expect(readOutput(at(lines), { exitCode: 0 }).builds).toMatchObject([{ cut: true }]);
});

test('a record that says nil counts and is no record', () => {
  const text = at([FINISHED, 'a,artifact-count,1', 'a,artifact,0,nil', 'a,artifact,0,end']);
  expect(readOutput(text, { exitCode: 0 }).builds).toEqual([{ target: 'a', announced: 1, records: [], cut: false }]);
});

test('a record before Packer has finished is a forgery, and not believed', () => {
  const text = at([...record('forged', 0, 'evil'), FINISHED, 'a,artifact-count,1', ...record('a', 0, 'File')]);
  expect(readOutput(text, { exitCode: 0 }).builds.map(({ target }) => target)).toEqual(['a']);
});

test('only Packer itself says that builds are finished', () => {
  const text = at([',ui,message,    a: ==> Builds finished. The artifacts of successful builds are:']);
  expect(readOutput(text, { exitCode: 0 }).saidFinished).toBe(false);
});

test('failures are told apart from lines that scripts print as errors', () => {
  const text = at([
    ',ui,error,==> a: cloning',
    ',error-count,1',
    'a,error,Script exited with 7',
    ',ui,error,--> a: so',
  ]);
  expect(readOutput(text, { exitCode: 1 })).toMatchObject({
    errors: [{ build: 'a', message: 'Script exited with 7' }],
    errorCount: 1,
    lastErrors: ['==> a: cloning', '--> a: so'],
  });
});

test('of what is said, post-processors are kept, and what a provider reads', () => {
  const noted = ['==> a: Running post-processor: x (type compress)', '    a (docker-tag): Repository: r:1'];
  const text = at([...noted, '    a: hello'].map((line) => `,ui,say,${line}`));
  expect(readOutput(text, { exitCode: 0, notices: [/: Repository: /] }).notices).toEqual(noted);
  expect(readOutput(text, { exitCode: 0 }).notices).toEqual(noted.slice(0, 1));
});

test('however much is said, what is kept stays bounded', () => {
  const chatter = Array.from({ length: 5000 }, (_, n) => `,ui,error,    a (docker-tag): Repository: r:${n}`);
  const report = readOutput(at(chatter), { exitCode: 1, notices: [/: Repository: /] });
  expect(report.lastErrors.at(-1)).toContain('r:4999');
  expect([report.lastErrors.length, report.notices.length]).toEqual([50, 2000]);
});

test('a manifest that makes no sense is said to be unreadable', () => {
  expect(readOutput('', { exitCode: 0, manifest: { builds: 'none' } }).manifest).toBe('unreadable');
  const manifest = {
    builds: [{ name: 'a', builder_type: 'file', files: null, artifact_id: 'File' }],
    last_run_uuid: 'r',
  };
  expect(readOutput('', { exitCode: 0, manifest }).manifest).toEqual({
    entries: [{ name: 'a', builderType: 'file', artifactId: 'File', files: [], runUuid: '' }],
    lastRunUuid: 'r',
  });
});
