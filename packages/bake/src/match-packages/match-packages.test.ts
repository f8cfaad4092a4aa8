import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PackageType } from '../os-package/package-type.ts';
import { buildDetails } from './build-details.ts';
import { isUrl } from './is-url.ts';
import { type Artifacts, matchPackages } from './match-packages.ts';
import { PACKAGE_FILES } from './package-file.ts';

const files = (...names: string[]) => names.map((fileName) => ({ fileName }));
const source = (where: string, ...names: string[]) => ({ where, files: files(...names) });
const only = (...names: string[]): Artifacts => ({ sources: [source('build', ...names)], produced: [] });

describe('a file', () => {
  test.each([
    ['deb', 'nginx', 'nginx_1.24-1_amd64.deb', 'nginx_1.24-1_amd64', '1.24-1'],
    ['deb', 'libstdc++', 'libstdc++_6_all.deb', 'libstdc++_6_all', '6'],
    ['rpm', 'nginx', 'nginx-1.24-1.x86_64.rpm', 'nginx-1.24-1.x86_64', '1.24-1.x86_64'],
    ['nupkg', 'Git.Core', 'Git.Core.2.40.0-beta.nupkg', 'Git.Core.2.40.0-beta', '2.40.0-beta'],
    ['nupkg', 'Git', 'Git.nupkg', 'Git', null],
  ] as const)('of family %s is found for the bare name %s', (...[type, asked, artifact, text, version]) => {
    expect(matchPackages([asked], type, only('readme.txt', artifact))).toMatchObject({
      value: { matches: [{ asked, artifact, text, version }] },
    });
  });

  test.each([
    ['a longer name', 'nginx-extras_1_all.deb'],
    ['another family', 'nginx_1_all.rpm'],
    ['another case', 'Nginx_1_all.deb'],
    ['a directory before it', 'pool/nginx_1_all.deb'],
    ['what a pattern would take', 'nXinx_1_all.deb'],
  ])('with %s is not', (_, artifact) => {
    expect(matchPackages(['n.inx', 'nginx'], 'deb', only(artifact))).toMatchObject({
      value: { matches: [{ artifact: null }, { artifact: null }] },
    });
  });

  test('of an rpm that is none, and a list with a nameless artifact, are refused and not guessed at', () => {
    expect(matchPackages(['nginx'], 'rpm', only('nginx-1-2.tar.gz'))).toMatchObject({ no: { kind: 'unusable' } });
    const nameless: Artifacts = { sources: [{ where: 'build', files: [{}] }], produced: [] };
    expect(matchPackages(['nginx'], 'rpm', nameless)).toMatchObject({ no: { kind: 'unusable', where: 'build' } });
    expect(matchPackages(['nginx'], 'deb', nameless)).toMatchObject({ ok: true });
  });
});

describe('two lists', () => {
  const two = [source('stage', 'nginx_2_all.deb'), source('trigger', 'nginx_1_all.deb')];

  test('that mean different files are a conflict that names both', () => {
    expect(matchPackages(['nginx'], 'deb', { sources: two, produced: [] })).toMatchObject({
      no: {
        kind: 'conflict',
        found: [
          { where: 'stage', artifact: 'nginx_2_all.deb' },
          { where: 'trigger', artifact: 'nginx_1_all.deb' },
        ],
      },
    });
  });

  test('one of which is told by version must agree on it, and then the telling counts', () => {
    const produced = (version: string | null) => [{ where: 'made', type: 'DEB', name: 'nginx', version }];
    const sources = [source('stage', 'nginx_2_all.deb')];
    expect(matchPackages(['nginx'], 'deb', { sources, produced: produced('2') })).toMatchObject({
      value: { matches: [{ text: 'nginx_2' }] },
    });
    for (const version of ['1', null]) {
      expect(matchPackages(['nginx'], 'deb', { sources, produced: produced(version) })).toMatchObject({
        no: { kind: 'conflict' },
      });
    }
  });
});

describe('a build', () => {
  const build = { name: 'web', number: 7, url: 'https://ci.example/job/web/7/', artifacts: [], scm: [] };

  test('tells its job, number, address and host', () => {
    expect(buildDetails(build)).toEqual({ job: 'web', number: 7, url: build.url, host: 'https://ci.example/' });
  });

  test('without a number is told by its address', () => {
    expect(buildDetails({ url: 'https://ci.example/job/team/job/web/7/' })).toEqual({
      job: 'team/job/web',
      number: '7',
      url: 'https://ci.example/job/team/job/web/7/',
      host: 'https://ci.example/',
    });
  });

  test('that is not written as builds are says nothing', () => {
    for (const odd of [null, 7, 'x', [], { ...build, number: 'seven' }, { ...build, scm: [{ sha1: 'a' }] }])
      expect(buildDetails(odd)).toBeUndefined();
  });

  test('of the nearest file tells, else the one that began it all', () => {
    const sources = [
      { ...source('stage', 'nginx_1_all.deb'), build: { ...build, name: 'stage' } },
      { ...source('trigger', 'nginx_1_all.deb', 'curl_1_all.deb'), build: { ...build, name: 'trigger' } },
    ];
    const jobFor = (...packages: string[]) => {
      const produced = [{ where: 'made', type: 'deb', name: 'vim', version: '9' }];
      const matched = matchPackages(packages, 'deb', { sources, produced });
      return matched.ok && matched.value.details.job;
    };
    expect([jobFor('nginx'), jobFor('curl'), jobFor('vim'), jobFor('curl', 'nginx'), jobFor('wget')]).toEqual([
      'stage',
      'trigger',
      'trigger',
      'stage',
      undefined,
    ]);
  });
});

describe('whatever is sent', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', 'a', 'a_1_all.deb', 'a-1-2.x.rpm', 'a.nupkg', '(', 'a++', '-', '__proto__', 'a_', '.deb'),
  );
  const anySource = fc.record({
    where: fc.constant('build'),
    files: fc.array(fc.record({ fileName: fc.option(text, { nil: undefined }) }), { maxLength: 5 }),
    build: fc.oneof(fc.jsonValue(), fc.record({ name: text, number: fc.oneof(fc.integer(), text), url: text })),
  });
  const orNull = fc.option(text, { nil: null });
  const anyArtifacts = fc.record({
    sources: fc.array(anySource, { maxLength: 3 }),
    produced: fc.array(fc.record({ where: fc.constant('made'), name: orNull, type: orNull, version: orNull }), {
      maxLength: 3,
    }),
  });
  const family = fc.constantFrom(...PackageType.options);

  test('matching throws nothing, and answers for each package, in order', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), family, anyArtifacts, (packages, type, artifacts) => {
        const matched = matchPackages(packages, type, artifacts);
        if (matched.ok) expect(matched.value.matches.map(({ asked }) => asked)).toEqual(packages);
      }),
      { numRuns: 500 },
    );
  });

  test('what is matched begins with what was asked for, and comes from a list', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), family, anyArtifacts, (packages, type, artifacts) => {
        const matched = matchPackages(packages, type, artifacts);
        if (!matched.ok) return;
        const listed = artifacts.sources.flatMap((each) => each.files.map(({ fileName }) => fileName));
        for (const match of matched.value.matches) {
          if (match.artifact === null) continue;
          expect(match.text.startsWith(match.asked)).toBe(true);
          const isProduced = artifacts.produced.some(({ name }) => name === match.asked);
          expect(isProduced || listed.includes(match.artifact)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a package is found among files of it and of others, wherever it stands', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9+]{0,8}$/);
    const spelt = { deb: '_1.2-3_all.deb', rpm: '-1.2-3.noarch.rpm', nupkg: '.1.2.3.nupkg' };
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), family, (names, type) => {
        const artifacts = only(...names.toReversed().map((each) => each + spelt[type]));
        const matched = matchPackages(names, type, artifacts);
        expect(matched.ok && matched.value.matches.map(({ artifact }) => artifact)).toEqual(
          names.map((each) => each + spelt[type]),
        );
      }),
    );
  });

  test('reading a build throws nothing', () => {
    const build = fc.record(
      {
        name: fc.jsonValue(),
        number: fc.jsonValue(),
        url: fc.oneof(fc.jsonValue(), fc.webUrl({ withQueryParameters: true }), fc.stringMatching(/^[/:a]*$/)),
        artifacts: fc.oneof(fc.jsonValue(), fc.constant([])),
        scm: fc.oneof(fc.jsonValue(), fc.constant([])),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(build, fc.jsonValue()), (info) => void buildDetails(info)),
      { numRuns: 500 },
    );
  });

  test('a version is what stands between the name and the extension', () => {
    const word = fc.stringMatching(/^[a-z0-9.+~]{1,8}$/);
    fc.assert(
      fc.property(word, word, (name, version) => {
        expect(PACKAGE_FILES.deb.versionOf(name, `${name}_${version}_all.deb`)).toBe(version);
        expect(PACKAGE_FILES.nupkg.versionOf(name, `${name}.${version}.nupkg`)).toBe(version);
      }),
    );
  });
});

test.each([
  ['https://apt.example/a.deb', true],
  ['ssh://git@apt.example/a', true],
  ['HTTPS://apt.example/a', false],
  ['ftp://apt.example/a', false],
  ['a https://apt.example/', false],
])('%s is an address: %s', (text, is) => expect(isUrl(text)).toBe(is));
