import { describe, expect, test } from 'vitest';
import { readTarget } from './asked.ts';
import { compareMessages } from './compare-messages.ts';
import { compareOptions } from './compare-options.ts';
import { isSameName } from './same-name.ts';
import { secretsIn, showable, withoutSecrets } from './secrets.ts';

test.each([
  [
    'GET',
    '/bakeOptions/aws/baseImages/noble/?x=1',
    { kind: 'options', path: '/bakeOptions/aws/baseImages/noble/?x=1' },
  ],
  ['HEAD', '/bakeOptions', { kind: 'other' }],
  ['POST', '/api/v1/eu-west-1/bake?rebake=1&x', { kind: 'create', region: 'eu-west-1', rebake: 'yes' }],
  ['POST', '/api/v1/eu-west-1/bake/?rebake=true', { kind: 'create', region: 'eu-west-1', rebake: 'no' }],
  ['POST', '/api/v1/bakes/delete-requests', { kind: 'delete-requests' }],
  ['GET', '/api/v1/x/bake/a%2Fb', { kind: 'details', region: 'x', id: 'a/b' }],
  ['GET', '/api/v1/x/cancel/%', { kind: 'cancel', region: 'x', id: '%' }],
  ['GET', '/api/v1/x/logs/image/i', { kind: 'other' }],
  ['POST', '/api/v2/manifest/bake/HELM3', { kind: 'other' }],
])('%s %s is read', (method, target, asked) => {
  expect(readTarget(method, target)).toEqual(asked);
});

describe('messages', () => {
  test.each([
    ['equal ones', 'No.', 'No.'],
    [
      'ours with what to do',
      "No virtualization settings found for 'x'.",
      "No virtualization settings found for 'x'. offered: y",
    ],
    ['a full stop less', "system 'x'", "system 'x'. base 'x' of y"],
    ['two empty bodies', null, null],
  ])('%s agree', (_what, upstream, ours) => expect(compareMessages(upstream, ours)).toEqual([]));

  test.each([
    ['other words', 'No.', 'Never.'],
    ['the beginning of theirs', 'No, never.', 'No'],
    ['nothing instead of words', null, 'No.'],
    ['words instead of nothing', 'No.', null],
    ['a body without a message', '', 'No.'],
  ])('%s differ', (_what, upstream, ours) =>
    expect(compareMessages(upstream, ours)).toMatchObject([{ kind: 'message' }]),
  );

  test('a placeholder that was not filled in is meant', () => {
    const upstream = "No virtualization settings found for '$bakeRequest.base_os'.";
    expect(compareMessages(upstream, "No virtualization settings found for 'x'.")).toMatchObject([{ meant: 'D20' }]);
    expect(compareMessages(upstream, "Nothing found for 'x'.")[0]).not.toHaveProperty('meant');
  });
});

describe('names', () => {
  const askedMs = Date.parse('2026-11-21T12:00:00Z');
  const at = (ms: number, base = 'noble') => `hello-all-${askedMs + ms}-${base}`;

  test.each([
    ['two clocks', at(-3_000), at(700), undefined, true],
    ['two clocks, and another base', at(0), at(0, 'jammy'), undefined, false],
    ['another number for a clock', 'hello-all-1000000000000-noble', at(0), undefined, false],
    ['one suffix', 'hello-all-7-noble', 'hello-all-7-noble', '7', true],
    ['a clock for a suffix that looks like one', at(5), at(0), String(askedMs), false],
    ['a clock for a suffix', at(0), 'hello-all-7-noble', '7', false],
  ])('%s', (...[, upstream, ours, suffix, same]) => {
    expect(isSameName(upstream, ours, { suffix, askedMs })).toBe(same);
  });
});

describe('options', () => {
  const answer = (body: unknown, status = 200) => ({ status, text: JSON.stringify(body) });

  test('null is as good as absent, and a list goes by its names', () => {
    const theirs = [
      {
        cloudProvider: 'aws',
        baseImages: [
          { id: 'a', templateFile: null },
          { id: 'a', osType: 'x' },
        ],
      },
    ];
    const ours = [{ cloudProvider: 'aws', baseImages: [{ id: 'a' }] }];
    expect(compareOptions(answer(theirs), answer(ours))).toEqual([]);
  });

  test('a difference is told by where it is', () => {
    const theirs = [{ cloudProvider: 'aws', baseImages: [{ id: 'a', osType: 'linux' }] }];
    const ours = [{ cloudProvider: 'aws', baseImages: [{ id: 'a', osType: 'windows' }] }];
    expect(compareOptions(answer(theirs), answer(ours))).toEqual([
      { kind: 'options', where: 'aws.baseImages.a.osType', upstream: 'linux', ours: 'windows' },
    ]);
  });

  test.each([
    ['another status', answer({}, 404), 'status'],
    ['no JSON', { status: 200, text: '<html>' }, 'options'],
  ])('%s differs', (_what, theirs, kind) => expect(compareOptions(theirs, answer({}))).toMatchObject([{ kind }]));
});

describe('secrets', () => {
  test('are what stands under names that look secret, or that our plan confides, and in addresses, at any depth', () => {
    const body = {
      package: 'hello',
      extended_attributes: { db_password: 'hunter2', list: [{ api_token: 12345 }], mine: 'quiet', ssh_key: 'short' },
      secrets: { of: ['aaaa', { b: 'bbbb' }] },
      token: true,
      package_artifacts: [{ reference: 'https://ann:p%40ss@repository.example/a.deb' }],
    };
    const inAddresses = ['p%40ss', 'p@ss'];
    expect(secretsIn(body, ['mine']).sort()).toEqual(['12345', 'aaaa', 'bbbb', 'hunter2', ...inAddresses, 'quiet']);
  });

  test('of a body as deep or as wide as it likes are found without falling', () => {
    const deep = `${'{"a":'.repeat(20_000)}{"password":"hunter2"}${'}'.repeat(20_000)}`;
    const wide = `[${'1,'.repeat(131_000)}{"password":"hunter2"}]`;
    for (const body of [deep, wide]) expect(secretsIn(JSON.parse(body))).toEqual(['hunter2']);
  });

  test('are in no text, however they are written there, and neither are passwords of addresses', () => {
    const shown = withoutSecrets('x a"b/c a\\"b/c a%22b%2Fc https://u:p@host/x http://host/y@z', ['a"b/c']);
    expect(shown).toBe('x ****** ****** ****** https://u:******@host/x http://host/y@z');
  });

  test('that differ are not shown', () => {
    const difference = {
      kind: 'options',
      where: 'aws.baseImages.a.repositoryPassword',
      upstream: 'x',
      ours: 'y',
    } as const;
    expect(showable(difference, [])).toMatchObject({ upstream: '******', ours: '******' });
  });
});
