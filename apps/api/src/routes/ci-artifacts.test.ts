import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { BakeView } from '../bake-view.ts';
import { aRequest, openBakery, type TestBakery } from '../testing/open-bakery.ts';

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
});
afterAll(() => bakery.close());

const post = (url: string, payload: object) => bakery.api.inject({ method: 'POST', url, payload });

const BUILD = {
  building: false,
  fullDisplayName: 'web #57',
  name: 'web',
  number: 57,
  duration: 1000,
  url: 'https://ci.example/job/web/57/',
  testResults: [{ failCount: 0 }],
  artifacts: [{ fileName: 'hello_2.10-3_amd64.deb', displayPath: 'hello', relativePath: 'out/hello_2.10-3_amd64.deb' }],
  scm: [{ name: 'web', branch: 'main', sha1: 'c0ffee', message: 'x' }],
};

const MATCHES = {
  packages: [{ asked: 'hello', artifact: 'hello_2.10-3_amd64.deb', package: 'hello_2.10-3_amd64' }],
  fromBuild: { job: 'web', number: '57', url: BUILD.url, host: 'https://ci.example/', commit: 'c0ffee' },
};

test('a build is handed over as it is, and a plan, a bake and its record say what came of it', async () => {
  const request = aRequest({ ci: { artifacts: [BUILD] } });
  const told = { packages: ['hello_2.10-3_amd64'], matches: MATCHES, ci: MATCHES.fromBuild };
  expect((await post('/plan', request)).json()).toMatchObject(told);

  const asked = await post('/bakes', request);
  expect(asked.statusCode).toBe(202);
  const { id } = BakeView.parse(asked.json());
  const shown = await bakery.api.inject(`/bakes/${id}`);
  expect([asked.json(), shown.json()]).toMatchObject([told, told]);
  expect(shown.json().recipe.appVersion).toBe('hello-2.10-h57.c0ffee/web/57');
  expect(JSON.stringify(await bakery.queue.find(id))).not.toContain('testResults');
});

test('what the same artifact is told by whole is the same bake', async () => {
  const matched = await post('/plan', aRequest({ ci: { artifacts: [BUILD] } }));
  const whole = await post('/plan', aRequest({ packages: ['hello_2.10-3_amd64'] }));
  expect(matched.json().key).toBe(whole.json().key);
  expect(whole.json()).not.toHaveProperty('matches');
});

test('a package without an artifact is refused by its place with what is near, unless it may be missing', async () => {
  const request = aRequest({ packages: ['hello', 'helo'], ci: { artifacts: [BUILD] } });
  const refused = await post('/bakes', request);
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({
    error: 'missing-packages',
    message: expect.stringContaining('allowMissing: true'),
    issues: [{ path: 'packages[1]', message: expect.stringMatching(/'helo' .*near it: hello_2\.10-3_amd64\.deb/) }],
  });
  const allowed = await post('/plan', { ...request, allowMissing: true });
  expect(allowed.json()).toMatchObject({ packages: ['hello_2.10-3_amd64', 'helo'] });
});

test('builds that disagree, and one that archived nothing, are refused by name', async () => {
  const other = { artifacts: [{ fileName: 'hello_3_all.deb' }] };
  expect((await post('/plan', aRequest({ ci: { artifacts: [BUILD, other] } }))).json()).toMatchObject({
    error: 'conflicting-artifacts',
    issues: [{ path: 'packages[0]', message: expect.stringContaining('hello_3_all.deb in ci.artifacts[1]') }],
  });
  expect((await post('/plan', aRequest({ ci: { artifacts: [{ ...BUILD, artifacts: [] }] } }))).json()).toMatchObject({
    error: 'build-without-artifacts',
    issues: [{ path: 'ci.artifacts[0]' }],
  });
  expect((await post('/plan', aRequest({ ci: { artifacts: [7] } }))).json()).toMatchObject({
    error: 'malformed-request',
    issues: [{ path: 'ci.artifacts[0]' }],
  });
});
