import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TemplateTree } from './bundle.ts';
import { type Catalogue, openCatalogue } from './catalogue.ts';
import { type BakePlan, type PlanningWith, planBake } from './plan.ts';
import type { Confided } from './planning/withhold.ts';
import { explainRefusal, type Refusal } from './refusal.ts';
import { type BakeRequest, parseRequest } from './request.ts';
import type { Result } from './result.ts';
import { readSealingKey, type SealingKey } from './seal.ts';
import { readSettings } from './settings/read-settings.ts';

const NOON = new Date('2030-01-01T12:00:00Z');
const LATER = new Date('2030-01-01T12:00:01Z');

const SETTINGS = `
debianRepository: https://apt.example/pool stable main
docker:
  enabled: true
  bakeryDefaults:
    targetRepository: registry.example/team
    secretVariables: { npm_token: hush }
    baseImages:
      - baseImage: { id: noble, packageType: deb }
        virtualizationSettings: { sourceImage: 'ubuntu:24.04' }
      - baseImage: { id: rocky9, packageType: rpm, templateFile: other.pkr.hcl }
        virtualizationSettings: { sourceImage: 'rockylinux:9' }
local:
  enabled: true
  bakeryDefaults:
    baseImages:
      - baseImage: { id: bookworm, packageType: deb }
        virtualizationSettings: { sourceImage: bookworm }
      - baseImage: { id: trixie, packageType: deb, customRepository: https://apt.example/trixie ./ }
        virtualizationSettings: { sourceImage: trixie, mirror: 'https://mirror.example/debian' }
bakehouse:
  lanes: { slow: { cap: 1 } }
`;

const file = (name: string, text: string) =>
  [name, { path: name, executable: false, content: Buffer.from(text).toString('base64') }] as const;

const TEMPLATES: TemplateTree = new Map([
  file('local.json', '{"builders": []}'),
  file('docker.json', '{"builders": [{"type": "docker"}]}'),
  file('other.pkr.hcl', 'build {}'),
  file('install_packages.sh', 'echo'),
  file('vars/prod.json', '{"a": "b"}'),
  file('notes.txt', 'no template'),
]);

function aCatalogue(more = ''): Catalogue {
  const settings = readSettings(
    [
      { name: 'settings.yml', text: SETTINGS },
      { name: 'more.yml', text: more },
    ],
    {},
  );
  if (!settings.ok) throw new Error(JSON.stringify(settings.no));
  return openCatalogue(settings.value);
}

function aRequest(but: object = {}): BakeRequest {
  const request = parseRequest({
    provider: 'local',
    region: 'here',
    base: 'bookworm',
    packages: ['nginx_1.24-1_amd64'],
    ...but,
  });
  if (!request.ok) throw new Error(JSON.stringify(request.no));
  return request.value;
}

function aKey(digit = '7'): SealingKey {
  const key = readSealingKey(digit.repeat(64));
  if (!key.ok) throw new Error(key.no);
  return key.value;
}
const KEY = aKey();

const plan = (but: object = {}, how: Partial<PlanningWith> = {}): Result<BakePlan & Confided, Refusal> =>
  planBake(aRequest(but), { catalogue: aCatalogue(), templates: TEMPLATES, now: NOON, sealing: KEY, ...how });

function planned(but: object = {}, how: Parameters<typeof plan>[1] = {}): BakePlan & Confided {
  const made = plan(but, how);
  if (!made.ok) throw new Error(JSON.stringify(made.no));
  return made.value;
}

const refusal = (but: object, how: Parameters<typeof plan>[1] = {}): Refusal | undefined => {
  const made = plan(but, how);
  return made.ok ? undefined : made.no;
};

describe('a request', () => {
  test.each<[string, object, object]>([
    [
      'an unknown provider',
      { provider: 'gcee' },
      { code: 'unknown-provider', asked: 'gcee', offered: ['docker', 'local'] },
    ],
    ['a name of the language', { provider: 'constructor' }, { code: 'unknown-provider', asked: 'constructor' }],
    [
      'an unknown base',
      { base: 'bokworm' },
      { code: 'unknown-base-image', provider: 'local', offered: ['bookworm', 'trixie'] },
    ],
    ['an unknown lane', { lane: 'fast' }, { code: 'unknown-lane', offered: ['default', 'slow'] }],
    [
      'an unknown template',
      { template: 'lokal.json' },
      { code: 'unknown-file', field: 'template', offered: ['docker.json', 'local.json', 'other.pkr.hcl'] },
    ],
    ['a file that is no template', { template: 'notes.txt' }, { code: 'unknown-file', field: 'template' }],
    [
      'an unknown var file',
      { varFile: 'prod.json' },
      { code: 'unknown-file', field: 'varFile', offered: ['vars/prod.json'] },
    ],
    ['a template above the tree', { template: '../secret.json' }, { code: 'unsafe-path', field: 'template' }],
    ['a template by its absolute name', { template: '/etc/passwd' }, { code: 'unsafe-path', field: 'template' }],
    [
      'a var file that leaves in the middle',
      { varFile: 'vars/../../x.json' },
      { code: 'unsafe-path', field: 'varFile' },
    ],
    ['a file name with a slash', { imageName: 'a/b' }, { code: 'unusable-name', field: 'imageName', asked: 'a/b' }],
    ['a suffix with a slash', { imageSuffix: '../x' }, { code: 'unusable-name', field: 'imageSuffix' }],
    ['an option in the place of a suite', { sourceImage: '--hook=x' }, { code: 'unusable-name', field: 'sourceImage' }],
    [
      'a path in the place of a name',
      { variables: { local_target_image: '../x' } },
      { code: 'unusable-name', field: 'variables.local_target_image' },
    ],
    [
      'a package that cannot be read',
      { packages: ['ok', 'nginx_-'] },
      { code: 'unusable-name', field: 'packages[1]', asked: 'nginx_-' },
    ],
    [
      'nothing that could name a docker image',
      { provider: 'docker', base: 'noble', packages: [] },
      { code: 'malformed-request', issues: [{ path: 'packages' }] },
    ],
  ])('with %s is refused by name', (_, but, expected) => {
    expect(refusal(but)).toMatchObject(expected);
  });

  test('with an option the provider does not know is refused by its name, with those it knows', () => {
    expect(refusal({ provider: 'docker', base: 'noble', options: { organisation: 'x' } })).toMatchObject({
      code: 'malformed-request',
      issues: [{ path: 'options.organisation', message: expect.stringContaining('organization') }],
    });
  });

  test('with text that Packer would run as a template is refused, wherever it comes from', () => {
    const told = '{{env `HOME`}}';
    for (const but of [
      { variables: { a: told } },
      { variables: { a: [{ b: told }] } },
      { ci: { url: told } },
      { packages: ['x{{y}}'] },
    ]) {
      expect(refusal(but)).toMatchObject({
        code: 'malformed-request',
        issues: [{ message: expect.stringContaining('{{') }],
      });
    }
    expect(refusal({ template: 'other.pkr.hcl', ci: { url: told } })).toBeUndefined();
  });

  test('with a place on the worker is refused, but for configDir, which classic pipelines may set', () => {
    expect(refusal({ variables: { local_output_dir: '/' } })).toMatchObject({
      issues: [{ path: 'variables.local_output_dir' }],
    });
    const { recipe } = planned({ variables: { configDir: '/opt/x' } });
    expect(recipe.variables['configDir']).toBe('/opt/x');
    expect(recipe.places).not.toHaveProperty('configDir');
  });
});

describe('the honest key', () => {
  test('the same request a second later is the same bake under another name', () => {
    const [first, second] = [planned(), planned({}, { now: LATER })];
    expect(second.key).toBe(first.key);
    expect(second.recipe.imageName).not.toBe(first.recipe.imageName);
  });

  test('what only labels a bake is not in it', () => {
    const { key } = planned();
    for (const but of [
      { labels: { team: 'a' } },
      { priority: 1 },
      { lane: 'slow' },
      { imageSuffix: 'r7' },
      { limits: { timeoutSeconds: 5 } },
      { ci: { job: 'j', number: 7, url: 'https://ci.example/7', host: 'https://ci.example/', commit: 'abc' } },
      { region: 'there' },
    ]) {
      expect(planned(but).key, JSON.stringify(but)).toBe(key);
    }
  });

  test('whatever changes the image is in it', () => {
    const changes = [
      {},
      { base: 'trixie' },
      { packages: ['nginx_1.24-2_amd64'] },
      { packages: [] },
      { packages: ['nginx_1.24-1_amd64', 'curl'] },
      { packages: ['curl', 'nginx_1.24-1_amd64'] },
      { template: 'docker.json' },
      { varFile: 'vars/prod.json' },
      { variables: { format: 'qcow2' } },
      { variables: { format: ['qcow2'] } },
      { variables: { repository: 'https://apt.example/other ./' } },
      { sourceImage: 'sid' },
      { imageName: 'golden' },
      { upgrade: true },
      { packageArtifacts: [{ name: 'a', reference: 'r' }] },
      { packageArtifacts: [{ name: 'a', reference: 's' }] },
      { provider: 'docker', base: 'noble' },
      { provider: 'docker', base: 'noble', options: { organization: 'o' } },
      { provider: 'docker', base: 'noble', ci: { commit: 'abc' } },
      { provider: 'docker', base: 'noble', variables: { npm_token: 'mine' } },
    ];
    const keys = changes.map((but) => planned(but).key);
    expect(new Set(keys).size).toBe(changes.length);
  });

  test('a bare name and the artifact it is found as are the same bake, and the commit of its build is as if it were said', () => {
    const whole = planned({ packages: ['nginx_1.24-1_amd64'] });
    const matched = planned({ packages: ['nginx'], ci: { artifacts: ['nginx_1.24-1_amd64.deb'] } });
    expect(matched.key).toBe(whole.key);
    expect(matched.recipe.variables).toEqual(whole.recipe.variables);

    const docker = { provider: 'docker', base: 'noble' };
    const artifacts = [{ fileName: 'nginx_1.24-1_amd64.deb', relativePath: 'x' }];
    const scm = [{ name: 'a', branch: 'b', sha1: 'c0ffee' }];
    const build = { name: 'web', number: 7, url: 'https://ci.example/', artifacts, scm };
    const ofBuild = planned({ ...docker, packages: ['nginx'], ci: { artifacts: [build] } });
    expect(ofBuild.key).toBe(planned({ ...docker, ci: { commit: 'c0ffee' } }).key);
    expect(ofBuild.recipe.variables).toMatchObject({ docker_target_image_tag: 'c0ffee' });
  });

  test('a byte of a script beside the template is in it', () => {
    const touched = new Map([...TEMPLATES, file('install_packages.sh', 'echo ')]);
    expect(planned({}, { templates: touched }).key).not.toBe(planned().key);
  });

  test('settings are in it as far as they change the image', () => {
    const mirrored = aCatalogue('debianRepository: https://apt.example/pool unstable main');
    expect(planned({}, { catalogue: mirrored }).key).not.toBe(planned().key);
    const slower = aCatalogue('bakehouse: { attempts: 7, retention: { days: 1 } }');
    expect(planned({}, { catalogue: slower }).key).toBe(planned().key);
  });

  test('the order of members does not matter, that of packages does', () => {
    const anOrder = fc.record({
      packages: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9.+]{0,12}$/), { maxLength: 5 }),
      variables: fc.dictionary(
        fc.stringMatching(/^v_[a-z0-9]{1,8}$/),
        fc.oneof(
          fc.integer(),
          fc.boolean(),
          fc.string().filter((text) => !text.includes('{{')),
        ),
      ),
      upgrade: fc.boolean(),
    });
    fc.assert(
      fc.property(anOrder, ({ packages, variables, upgrade }) => {
        const turned = Object.fromEntries(Object.entries(variables).reverse());
        expect(planned({ upgrade, variables: turned, packages }).key).toBe(
          planned({ packages, variables, upgrade }).key,
        );
        if (packages.length < 2) return;
        expect(planned({ packages: packages.toReversed(), variables, upgrade }).key).not.toBe(
          planned({ packages, variables, upgrade }).key,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('one more variable is another bake, with another value too', () => {
    const value = fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[a-z]{1,8}$/));
    fc.assert(
      fc.property(value, value, (one, other) => {
        const key = planned({ variables: { v: one } }).key;
        expect(key).not.toBe(planned().key);
        expect(planned({ variables: { v: other } }).key === key).toBe(one === other);
      }),
      { numRuns: 60 },
    );
  });
});

test('nothing a caller sends makes planning throw', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom('__proto__', '..', '', '{{', 'null', 'toString'),
  );
  const anything = fc.record(
    {
      provider: fc.constantFrom('local', 'docker'),
      region: odd,
      base: fc.constantFrom('bookworm', 'noble', 'rocky9'),
      packages: fc.array(odd, { maxLength: 4 }),
      template: odd,
      varFile: odd,
      variables: fc.dictionary(odd, fc.jsonValue()),
      sourceImage: odd,
      imageName: odd,
      imageSuffix: odd,
      packageArtifacts: fc.array(fc.record({ name: odd }, { requiredKeys: [] }), { maxLength: 2 }),
      ci: fc.record({ job: odd, number: odd, commit: odd, url: odd }, { requiredKeys: [] }),
    },
    { requiredKeys: ['provider', 'base', 'region'] },
  );
  const catalogue = aCatalogue();
  fc.assert(
    fc.property(anything, (json) => {
      const request = parseRequest(json);
      if (request.ok) planBake(request.value, { catalogue, templates: TEMPLATES, now: NOON });
    }),
    { numRuns: 400 },
  );
});

describe('where a variable comes from', () => {
  test('the caller wins over settings, over secrets and over naming', () => {
    const { recipe, confided } = planned({
      provider: 'docker',
      base: 'noble',
      variables: { docker_source_image: 'mine:1', npm_token: 'plain', appversion: 'v9', docker_target_image_tag: 't' },
    });
    expect(recipe.variables).toMatchObject({
      docker_source_image: 'mine:1',
      appversion: 'v9',
      docker_target_image_tag: 't',
    });
    expect(recipe.secrets).toEqual({});
    expect(confided).toEqual({ npm_token: 'plain' });
  });

  test('what a caller leaves empty is not sent at all', () => {
    const { recipe } = planned({
      variables: { repository: '', local_target_image: '', packages: null },
      ci: { url: 'https://ci.example/7' },
    });
    expect(Object.keys(recipe.variables).sort()).toEqual(['build_info_url', 'local_suite', 'package_type']);
  });

  test('text is trimmed, false and 0 are sent', () => {
    const { recipe } = planned({ variables: { a: '  x ', b: false, c: 0 } });
    expect(recipe.variables).toMatchObject({ a: 'x', b: false, c: 0 });
  });
});

test('a secret is in the recipe by its name and in the plan by nothing else', () => {
  const made = planned({ provider: 'docker', base: 'noble' });
  expect(made.recipe.secrets).toEqual({ npm_token: 'docker.bakeryDefaults.secretVariables.npm_token' });
  expect(JSON.stringify(made)).not.toContain('hush');
});

describe('a variable that the settings have as a secret', () => {
  const mirror = (masks: string) =>
    aCatalogue(
      `local: { bakeryDefaults: { ${masks} secretVariables: { local_mirror: hush, local_target_image: x } } }`,
    );
  const asked = { base: 'trixie' };

  test('is in the plan by its name only, whatever other settings and naming say of it, and needs no key', () => {
    for (const masks of ['', 'maskedPackerParameters: [local_mirror],']) {
      const made = planned(asked, { catalogue: mirror(masks), sealing: undefined });
      expect(made.recipe.secrets).toEqual({
        local_mirror: 'local.bakeryDefaults.secretVariables.local_mirror',
        local_target_image: 'local.bakeryDefaults.secretVariables.local_target_image',
      });
      expect(Object.keys(made.recipe.variables).sort()).toEqual([
        'local_suite',
        'package_type',
        'packages',
        'repository',
      ]);
      expect(made.confided).toEqual({});
      expect(JSON.stringify(made)).not.toMatch(/hush|mirror\.example/);
    }
  });

  test('is the caller’s all the same, who then confides it', () => {
    const made = planned({ ...asked, variables: { local_mirror: 'https://mine.example' } }, { catalogue: mirror('') });
    expect(made.recipe.secrets).not.toHaveProperty('local_mirror');
    expect(made.confided).toEqual({ local_mirror: 'https://mine.example' });
  });
});

test('docker’s tag, where the operator masks it, is nowhere in the plan, and sets two bakes apart all the same', () => {
  const catalogue = aCatalogue('docker: { bakeryDefaults: { maskedPackerParameters: [docker_target_image_tag] } }');
  const tagged = (tag: string) =>
    planned({ provider: 'docker', base: 'noble', variables: { docker_target_image_tag: tag } }, { catalogue });
  const { confided, ...rest } = tagged('plum-7');
  expect(confided).toEqual({ docker_target_image_tag: 'plum-7' });
  expect(JSON.stringify(rest)).not.toContain('plum-7');
  expect(rest.key).toBe(tagged('plum-7').key);
  expect(rest.key).not.toBe(tagged('plum-8').key);
});

describe('what a request confides', () => {
  const masking = () => aCatalogue('local: { bakeryDefaults: { maskedPackerParameters: [local_suite, notes] } }');
  const words = { db_password: 'grapes', deploy_key: 'a plum for my dearest', notes: ['cherry'], nonce: '1' };

  test('is in the plan by its name only, and goes beside it', () => {
    const { confided, ...rest } = planned({ variables: words }, { catalogue: masking() });
    expect(confided).toEqual({
      local_suite: 'bookworm',
      db_password: 'grapes',
      deploy_key: 'a plum for my dearest',
      notes: ['cherry'],
    });
    expect(rest.recipe.confidential).toEqual(Object.keys(confided));
    expect(rest.recipe.variables).toMatchObject({ nonce: '1', package_type: 'deb' });
    for (const word of ['grapes', 'plum', 'cherry']) expect(JSON.stringify(rest)).not.toContain(word);
  });

  test('changes the image, so that equal values are one bake and different ones two', () => {
    const key = (value: string, sealing = KEY) => planned({ variables: { db_password: value } }, { sealing }).key;
    expect(key('grapes')).toBe(key(' grapes '));
    expect(key('grapes')).not.toBe(key('plums'));
    expect(key('grapes')).not.toBe(planned({ variables: { db_passwords: 'grapes' } }).key);
    expect(key('grapes')).not.toBe(key('grapes', aKey('8')));
  });

  test('is refused without a key, by the names of the variables and what to do', () => {
    const refused = refusal({ variables: words }, { sealing: undefined });
    expect(refused).toEqual({ code: 'unsealable', variables: ['db_password', 'deploy_key'] });
    expect(explainRefusal(refused as Refusal)).toMatch(
      /^the value of db_password, deploy_key is secret.*BAKEHOUSE_SEALING_KEY_FILE/,
    );
  });

  test('is taken without a key where it may travel open, and is no more in the plan for that', () => {
    const { confided, ...rest } = planned({ variables: words }, { sealing: undefined, withoutKey: 'leave-open' });
    expect(confided).toMatchObject({ db_password: 'grapes' });
    expect(JSON.stringify(rest)).not.toContain('grapes');
    const other = { ...words, db_password: 'plums' };
    expect(planned({ variables: other }, { sealing: undefined, withoutKey: 'leave-open' }).key).not.toBe(rest.key);
  });

  test('is refused where Packer would run it as a template, without being told back', () => {
    const refused = refusal({ variables: { db_password: 'grapes{{env `HOME`}}' } });
    expect(refused).toMatchObject({ issues: [{ path: 'variables.db_password' }] });
    expect(JSON.stringify(refused)).not.toContain('grapes');
  });

  test('makes no difference to requests that confide nothing', () => {
    const without = planned({}, { sealing: undefined });
    expect(without).toEqual(planned());
    expect(without).toMatchObject({ confided: {} });
    expect(without.recipe).not.toHaveProperty('confidential');
    expect(without.keyParts).not.toHaveProperty('confidential');
  });
});

test('limits are the bakery’s, as far as the request has none', () => {
  expect(planned({ limits: { idleSeconds: 7 } }).recipe.limits).toEqual({
    totalMs: 3_600_000,
    idleMs: 7000,
    graceMs: 600_000,
  });
});

describe('a template that needs root', () => {
  const catalogue = aCatalogue('templatesNeedingRoot: other.json, local.json');
  const needsRoot = (but: object) => planned(but, { catalogue }).recipe.needsRoot;

  test('is known by the name of the file that is taken in the end, and by nothing like it', () => {
    expect(needsRoot({})).toBe(true);
    expect(needsRoot({ template: 'other.pkr.hcl' })).toBeUndefined();
    expect(needsRoot({ provider: 'docker', base: 'noble', template: 'local.json' })).toBe(true);
    expect(needsRoot({ provider: 'docker', base: 'noble' })).toBeUndefined();
  });

  test('makes no other image for that', () => expect(planned({}, { catalogue }).key).toBe(planned().key));
});

test('in rosco mode the key is the classic one', () => {
  const catalogue = aCatalogue('bakehouse: { bakeKey: rosco }');
  expect(planned({ upgrade: true }, { catalogue }).key).toBe('bake:local:bookworm:nginx_1.24-1_amd64');
});
