import { describe, expect, test } from 'vitest';
import { explainRefusal } from '../refusal.ts';
import { type BakeRequest, parseRequest } from '../request.ts';
import { type MatchedRequest, matchRequest } from './match-request.ts';

const BUILD = {
  name: 'web',
  number: 57,
  url: 'https://ci.example/job/web/57/',
  building: false,
  result: 'SUCCESS',
  artifacts: [
    { fileName: 'web_2.0-57_amd64.deb', displayPath: 'x', relativePath: 'out/web_2.0-57_amd64.deb' },
    { fileName: 'nginx_1.24-1_amd64.deb', relativePath: 'out/nginx_1.24-1_amd64.deb' },
  ],
  scm: [{ name: 'web', branch: 'main', sha1: 'c0ffee', committer: 'someone' }],
};

function aRequest(packages: string[], ci: object, more: object = {}): BakeRequest {
  const request = parseRequest({ provider: 'local', region: 'here', base: 'bookworm', packages, ci, ...more });
  if (!request.ok) throw new Error(JSON.stringify(request.no));
  return request.value;
}

function matched(...asked: Parameters<typeof aRequest>): MatchedRequest {
  const made = matchRequest(aRequest(...asked), 'deb');
  if (!made.ok) throw new Error(explainRefusal(made.no));
  return made.value;
}

function refusal(...asked: Parameters<typeof aRequest>) {
  const made = matchRequest(aRequest(...asked), 'deb');
  return made.ok ? undefined : { ...made.no, said: explainRefusal(made.no) };
}

describe('a request with artifacts', () => {
  test('has its bare packages exchanged for them, in their order, and is told which', () => {
    const { request, matches } = matched(['nginx', 'web'], { artifacts: [BUILD] });
    expect(request.packages).toEqual(['nginx_1.24-1_amd64', 'web_2.0-57_amd64']);
    expect(matches?.packages).toEqual([
      { asked: 'nginx', artifact: 'nginx_1.24-1_amd64.deb', package: 'nginx_1.24-1_amd64' },
      { asked: 'web', artifact: 'web_2.0-57_amd64.deb', package: 'web_2.0-57_amd64' },
    ]);
  });

  test('may bring names alone, or what a stage has made', () => {
    const made = { type: 'deb', name: 'curl', version: '8.5-1', reference: 'x', customKind: false };
    const { request, matches } = matched(['nginx', 'curl'], { artifacts: ['nginx_1_all.deb', made] });
    expect(request.packages).toEqual(['nginx_1_all', 'curl_8.5-1']);
    expect(matches?.fromBuild).toEqual({});
  });

  test('is told what was added from the build, and keeps what it said itself', () => {
    const { request, matches } = matched(['web'], { job: 'mine', artifacts: [BUILD] });
    const added = { number: '57', url: BUILD.url, host: 'https://ci.example/', commit: 'c0ffee' };
    expect(request.ci).toEqual({ job: 'mine', ...added });
    expect(matches?.fromBuild).toEqual(added);
  });

  test('takes what a build says of itself although names alone were matched', () => {
    const { request } = matched(['web'], { artifacts: ['web_3_all.deb', { ...BUILD, artifacts: null }] });
    expect(request).toMatchObject({ packages: ['web_3_all'], ci: { job: 'web' } });
  });

  test('keeps addresses as they are, wherever they stand', () => {
    const url = 'https://apt.example/pool/x_1_all.deb';
    expect(matched([url, 'web', url], { artifacts: [BUILD] }).request.packages).toEqual([url, 'web_2.0-57_amd64', url]);
    expect(matched([url], { artifacts: [{ ...BUILD, artifacts: [] }] }).request.packages).toEqual([url]);
  });

  test('keeps its packages where the list is empty, and all of itself where there is no list', () => {
    expect(matched(['web'], { artifacts: [] }).request.packages).toEqual(['web']);
    const plain = aRequest(['web'], { job: 'mine' });
    expect(matchRequest(plain, 'deb')).toEqual({ ok: true, value: { request: plain } });
  });
});

describe('a package that no artifact is of', () => {
  test('is refused by its place, with what was looked for and what stands near it', () => {
    const refused = refusal(['web', 'ngnix', 'postgres'], { artifacts: [BUILD, 'PostgreSQL_16_all.deb', 'README'] });
    expect(refused).toMatchObject({
      code: 'missing-packages',
      missing: [
        { path: 'packages[1]', asked: 'ngnix', near: ['nginx_1.24-1_amd64.deb'] },
        { path: 'packages[2]', asked: 'postgres', near: ['PostgreSQL_16_all.deb'] },
      ],
    });
    expect(refused?.said).toContain(
      "package 'ngnix' is none of the artifacts: no ngnix_….deb among them; near it: nginx",
    );
  });

  test('may be of another family, in a directory or told whole, and is then near', () => {
    for (const [asked, artifact] of [
      ['web', 'web-2.0-1.noarch.rpm'],
      ['web', 'out/web_2.0_all.deb'],
      ['web_2.0_all', 'web_2.0_all.deb'],
    ] as const)
      expect(refusal([asked], { artifacts: [artifact] })).toMatchObject({ missing: [{ near: [artifact] }] });
  });

  test('is taken as it is where that is allowed, which is told', () => {
    const { request, matches } = matched(['wget', 'web'], { artifacts: [BUILD] }, { allowMissing: true });
    expect(request.packages).toEqual(['wget', 'web_2.0-57_amd64']);
    expect(matches?.packages[0]).toEqual({ asked: 'wget', artifact: null, package: 'wget' });
  });
});

describe('what no guess can mend is refused', () => {
  test('two builds with different files of a package', () => {
    const other = { artifacts: [{ fileName: 'web_2.1_all.deb' }] };
    const refused = refusal(['web'], { artifacts: [BUILD, other] }, { allowMissing: true });
    expect(refused).toMatchObject({ code: 'conflicting-artifacts', path: 'packages[0]' });
    expect(refused?.said).toContain('web_2.0-57_amd64.deb in ci.artifacts[0], web_2.1_all.deb in ci.artifacts[1]');
  });

  test('a build that archived nothing, even where packages may be missing', () => {
    const idle = { name: 'web', number: 3 };
    expect(refusal(['web'], { artifacts: [idle] }, { allowMissing: true })).toMatchObject({
      code: 'build-without-artifacts',
      where: 'ci.artifacts[0]',
    });
  });

  test('a file whose name is no package', () => {
    expect(refusal(['web'], { artifacts: ['web_1 beta.deb'] })).toMatchObject({
      code: 'malformed-request',
      issues: [{ path: 'ci.artifacts', message: expect.stringContaining('"web_1 beta.deb" cannot be installed') }],
    });
  });

  test('a label of the build that is too long, and what to do about it', () => {
    const long = { ...BUILD, name: 'x'.repeat(300) };
    expect(refusal(['web'], { artifacts: [long] })).toMatchObject({
      issues: [{ path: 'ci.job', message: expect.stringContaining('say it in the request') }],
    });
    expect(matched(['web'], { job: 'short', artifacts: [long] }).request.ci).toMatchObject({ job: 'short' });
  });
});

test('what is no artifact is refused by its place', () => {
  const request = parseRequest({
    provider: 'local',
    region: 'here',
    ci: { artifacts: ['ok', 7, { artifacts: [{ fileName: 7 }] }] },
  });
  expect(request).toMatchObject({
    no: { issues: [{ path: 'ci.artifacts[1]' }, { path: 'ci.artifacts[2]' }] },
  });
});

test.each([
  [{ type: 'deb', name: 'web' }, 'version'],
  [{ type: 'RPM', name: 'web', version: null }, 'version'],
  [{ type: 'nupkg', version: '1' }, 'name'],
])('a package that an earlier stage made, told as %j, is refused with what is missing', (artifact, missing) => {
  const request = parseRequest({ provider: 'local', region: 'here', ci: { artifacts: ['ok', artifact] } });
  expect(request).toMatchObject({
    no: { issues: [{ path: `ci.artifacts[1].${missing}`, message: expect.stringContaining('is missing') }] },
  });
});

test('an artifact that is no package is looked over, and is not taken for a build', () => {
  const object = { type: 'gcs/object', name: 'gs://plans/7.tar' };
  expect(matched(['web'], { artifacts: [object, 'web_3_all.deb'] }).request.packages).toEqual(['web_3_all']);
  expect(matched(['web'], { artifacts: [object] }).request.packages).toEqual(['web']);
});

test('a long list of artifacts and many misspelt packages are answered at once', () => {
  const artifacts = Array.from({ length: 5000 }, (_, index) => `${'package'.repeat(9)}${index}_1_all.deb`);
  const packages = Array.from({ length: 500 }, (_, index) => `${'pakcage'.repeat(9)}${index}`);
  const asked = aRequest(packages, { artifacts });
  const took = processorMs(() =>
    expect(matchRequest(asked, 'deb')).toMatchObject({ no: { code: 'missing-packages' } }),
  );
  expect(took).toBeLessThan(5000);
});

test.each([
  ['rpm', '-', '-1-1.noarch.rpm'],
  ['deb', '_', '_1_all.deb'],
  ['nupkg', '.', '.1.nupkg'],
] as const)('a build of many files is looked through at once: %s', (type, delimiter, end) => {
  const many = (count: number, nameOf: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => ({ fileName: nameOf(index), relativePath: '' }));
  const repeated = Array.from({ length: 500 }, () => 'a');
  const distinct = Array.from({ length: 500 }, (_, index) => `p${index}`);
  const nested = Array.from({ length: 250 }, (_, index) => `a${`${delimiter}a`.repeat(index)}`);
  for (const [packages, artifacts, atMost] of [
    [repeated, many(30_000, () => `a${delimiter}`), 400],
    [distinct, many(15_000, (index) => `p${index}${end}`), 400],
    [nested, many(1_000, () => `a${delimiter}`.repeat(500)), 2000],
    [repeated, many(1_000, () => `a${delimiter.repeat(1_000)}`), 400],
  ] as const) {
    const request = { provider: 'local', region: 'here', packages, allowMissing: true };
    const read = parseRequest({ ...request, ci: { artifacts: [{ ...BUILD, artifacts }] } });
    if (!read.ok) throw new Error(JSON.stringify(read.no));
    expect(processorMs(() => matchRequest(read.value, type))).toBeLessThan(atMost);
  }
});

/** What a step takes of the processor: other programs on a busy machine stretch the clock, and hardly this. */
function processorMs(step: () => void): number {
  const before = process.cpuUsage();
  step();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
