// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what some of this is about
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCatalogue } from '../catalogue.ts';
import { explainSettingsProblem } from './problem.ts';
import { readSettings } from './read-settings.ts';

/** An operator's files, over the shipped ones as they are in a bakery that runs. */
const shipped = path.resolve(import.meta.dirname, '../../../../settings/bakehouse.yml');
const ours = (name: string) => ({ name, text: readFileSync(path.join(import.meta.dirname, 'testing', name), 'utf8') });
const FILES = [
  { name: 'bakehouse.yml', text: readFileSync(shipped, 'utf8') },
  ours('spinnaker.yml'),
  ours('rosco.yml'),
  ours('spinnaker-local.yml'),
  ours('rosco-local.yml'),
];

function read(environment: Record<string, string> = {}) {
  const settings = readSettings(FILES, environment);
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  return settings.value;
}

test('the files of a classic bakery load as they are, one over the other', () => {
  const { bakery, sections } = read({ ORACLE_ENABLED: 'true' });
  const enabled = ['alicloud', 'aws', 'azure', 'gce', 'huaweicloud', 'local', 'oracle', 'tencentcloud'];
  expect(Object.keys(sections).sort()).toEqual(enabled);
  expect(bakery).toMatchObject({
    defaultProvider: 'gce',
    limits: { timeoutSeconds: 5400 },
    repositories: {
      deb: 'https://deb.tidewatch.example/noble/pool main;https://deb.tidewatch.example/extra main',
      rpm: 'https://rpm.tidewatch.example/el9',
      nupkg: 'https://choco.tidewatch.example/api/v2/',
    },
    bakeAccount: 'lighthouse',
    imageSearchUrl: 'https://clouddriver.tidewatch.example',
    templatesNeedingRoot: ['aws-chroot.json', 'rooted.json'],
  });
  expect(sections).toMatchObject({
    aws: {
      bakeryDefaults: {
        awsAccessKey: 'aws.bakeryDefaults.awsAccessKey',
        awsSubnetId: 'subnet-2',
        awsAssociatePublicIpAddress: true,
        defaultVirtualizationType: 'hvm',
        baseImages: [
          { baseImage: { id: 'noble', packageType: 'deb' }, virtualizationSettings: [{ sshUserName: 'ubuntu' }] },
        ],
      },
    },
    azure: { accounts: [{ name: 'quay', appKey: 'azure.accounts.0.appKey' }] },
    gce: {
      bakeryDefaults: {
        network: 'harbour-net',
        zone: 'us-central1-f',
        baseImages: [{ baseImage: { id: 'jammy', isImageFamily: true } }],
      },
    },
    huaweicloud: { bakeryDefaults: { projectName: "''", authUrl: 'https://iam.tidewatch.example/v3' } },
    oracle: { accounts: [{ name: 'jetty' }] },
    tencentcloud: { bakeryDefaults: { baseImages: [{ virtualizationSettings: [{ sshUserName: 'ubuntu' }] }] } },
  });
});

test('each cloud of those files can be offered', () => {
  const { offers } = openCatalogue(read({ ORACLE_ENABLED: 'true' }));
  for (const { baseImages } of offers.values()) expect(baseImages.length).toBeGreaterThan(0);
});

test('what a classic bakery needs and this one does not is told once, with the reason', () => {
  const told = read().warnings.map(explainSettingsProblem);
  expect(told).toContainEqual(
    expect.stringMatching(/^rosco\.yml:3: server\.port: not needed here: the api listens .*set PORT/),
  );
  expect(told).toContainEqual(expect.stringMatching(/^rosco\.yml:4: server\.address: not needed here: .*HOST/));
  expect(told).toContainEqual(
    expect.stringMatching(/^rosco\.yml:11: rosco\.config-dir: not needed here: .*BAKEHOUSE_TEMPLATES/),
  );
  expect(told).toContainEqual(expect.stringMatching(/: packer\.additionalParameters: not needed here: .*template$/));
  expect(told.filter((line) => line.includes('services.front50'))).toHaveLength(1);
  expect(new Set(told).size).toBe(told.length);
  expect(told.join('\n')).not.toContain('redispass');
});

test('of all that those files say, only what is no key of a classic bakery is called unknown', () => {
  const unknown = read().warnings.filter(({ message }) => message.startsWith('is not a setting'));
  expect(unknown.map(({ path: key }) => key).sort()).toEqual(['providers', 'x-ubuntu']);
});

describe('the documents of one file', () => {
  const repository = (profiles: string | undefined, condition: string) => {
    const text = `debianRepository: one\n---\n${condition}\ndebianRepository: two\n`;
    const settings = readSettings([{ name: 'r.yml', text }], { SPRING_PROFILES_ACTIVE: profiles });
    return settings.ok ? settings.value.bakery.repositories.deb : settings.no.map(explainSettingsProblem);
  };
  test.each([
    [undefined, 'x-none: 1', 'two'],
    [undefined, 'spring.profiles: local', 'two'],
    [undefined, 'spring.profiles: prod', 'one'],
    ['prod', 'spring: { config: { activate: { on-profile: "dev, prod" } } }', 'two'],
    ['prod', 'spring.profiles: local', 'one'],
    ['prod', 'spring.profiles: "!prod"', 'one'],
    ['prod', 'spring.profiles: ["!dev"]', 'two'],
  ])('with the profiles %s and %s say %s', (profiles, condition, expected) =>
    expect(repository(profiles, condition)).toBe(expected),
  );

  test.each(['spring.profiles: "a & b"', 'spring.config.activate.on-cloud-platform: kubernetes'])(
    'under a condition that cannot be answered are refused: %s',
    (condition) => expect(repository(undefined, condition)).toEqual([expect.stringMatching(/^r\.yml:3: spring/)]),
  );
});

describe('the environment', () => {
  const readOne = (text: string, environment: Record<string, string>) => {
    const settings = readSettings([{ name: 'r.yml', text }], environment);
    return settings.ok ? settings.value : settings.no.map(explainSettingsProblem);
  };

  test('says settings directly, and over all files', () => {
    expect(
      readOne('debianRepository: file\ndocker: { enabled: true, bakeryDefaults: { templateFile: a.json } }', {
        DEBIANREPOSITORY: 'said',
        DOCKER_BAKERYDEFAULTS_TEMPLATEFILE: 'said.json',
        LOCAL_ENABLED: 'true',
        ROSCO_JOBS_LOCAL_TIMEOUTMINUTES: '7',
        TEMPLATESNEEDINGROOT: 'a.json, b.json',
        BAKEHOUSE_REPOSITORIES_RPM: 'ours',
      }),
    ).toMatchObject({
      bakery: {
        repositories: { deb: 'said', rpm: 'ours' },
        limits: { timeoutSeconds: 420 },
        templatesNeedingRoot: ['a.json', 'b.json'],
      },
      sections: { docker: { bakeryDefaults: { templateFile: 'said.json' } }, local: {} },
    });
  });

  test('says nothing by an empty variable, nor anything in a list or a map of the operator’s names', () => {
    expect(
      readOne('debianRepository: file', { DEBIANREPOSITORY: '', BAKEHOUSE_LANES: 'slow', LOCAL_ENABLED: '' }),
    ).toMatchObject({ bakery: { repositories: { deb: 'file' }, lanes: { default: {} } }, sections: {}, warnings: [] });
  });

  test('is named where what it says is wrong', () => {
    expect(readOne('', { BAKEHOUSE_ATTEMPTS: 'many' })).toEqual([
      expect.stringMatching(/^environment BAKEHOUSE_ATTEMPTS: bakehouse\.attempts: .*it says 'many'$/),
    ]);
  });
});

describe('a provider', () => {
  const isOn = (text: string, environment: Record<string, string> = {}) => {
    const settings = readSettings([{ name: 'r.yml', text }], environment);
    if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
    return { on: 'local' in settings.value.sections, warned: settings.value.warnings.length > 0 };
  };
  test.each<[string, { on: boolean; warned: boolean }]>([
    ['local: { enabled: true }', { on: true, warned: false }],
    ['local: { enabled: "FALSE" }', { on: false, warned: false }],
    ['local: { enabled: no }', { on: false, warned: false }],
    ['local: { enabled: Off }', { on: false, warned: false }],
    ['local: { enabled: "no" }', { on: true, warned: true }],
    ['local: { enabled: 0 }', { on: true, warned: true }],
    ['local: { enabled: "" }', { on: true, warned: true }],
    ['local: { enabled: }', { on: true, warned: true }],
    ['local: { enabled: "${NOBODY:}" }', { on: true, warned: true }],
    ['local: { enabled: "${NOBODY:no}" }', { on: true, warned: true }],
    ['local:', { on: false, warned: false }],
    ['local.enabled: true', { on: true, warned: false }],
  ])('of %s is on and warned of: %j', (text, expected) => expect(isOn(text)).toEqual(expected));

  test('is off by a later file, and on again by the environment', () => {
    const files = [
      { name: 'a.yml', text: 'local: { enabled: true }' },
      { name: 'b.yml', text: 'local: { enabled: false }' },
    ];
    const on = (environment: Record<string, string>) => {
      const settings = readSettings(files, environment);
      return settings.ok && 'local' in settings.value.sections;
    };
    expect([on({}), on({ LOCAL_ENABLED: 'true' })]).toEqual([false, true]);
  });
});

describe('values', () => {
  const read1 = (text: string) => readSettings([{ name: 'r.yml', text }], {});
  const told = (text: string) => {
    const settings = read1(text);
    return settings.ok ? [] : settings.no.map(explainSettingsProblem);
  };

  test('that are empty are empty text, and none for a number', () => {
    expect(read1('debianRepository: one\nbakehouse: { attempts: }')).toMatchObject({
      value: { bakery: { attempts: 3, repositories: { deb: 'one' } } },
    });
    const over = readSettings(
      [
        { name: 'a.yml', text: 'templatesNeedingRoot: a.json\ndebianRepository: one\nlocal: { enabled: true }' },
        { name: 'b.yml', text: 'templatesNeedingRoot:\ndebianRepository:\nlocal:' },
      ],
      {},
    );
    expect(over).toMatchObject({
      value: { bakery: { templatesNeedingRoot: [], repositories: { deb: '' } }, sections: { local: {} } },
    });
  });

  test('of an address that is none are refused with their line', () => {
    expect(told('services:\n  clouddriver:\n    baseUrl: clouddriver:7002\n')).toEqual([
      "r.yml:3: services.clouddriver.baseUrl: expected the http or https URL of a service that finds images by name; it says 'clouddriver:7002'",
    ]);
  });

  test('that are refused do not tell a password', () => {
    const [line = ''] = told('services.clouddriver.baseUrl: ftp://me:hush@clouddriver.example');
    expect(line).toContain('ftp://me:******@clouddriver.example');
  });

  test('that are refused are told at once, however long', () => {
    const began = performance.now();
    expect(told(`services.clouddriver.baseUrl: ${'a'.repeat(100_000)}`).length).toBe(1);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('of templatesNeedingRoot are one text; a list counts for nothing, and that is told', () => {
    const settings = read1('templatesNeedingRoot: [a.json]');
    expect(settings).toMatchObject({
      value: { bakery: { templatesNeedingRoot: [] }, warnings: [{ path: 'templatesNeedingRoot' }] },
    });
  });

  test('of our own win over classic ones in the same file, and give way to those of a later one', () => {
    const both = 'rosco.jobs.local.timeoutMinutes: 30\nbakehouse.limits.timeoutSeconds: 60';
    const seconds = (...texts: string[]) => {
      const settings = readSettings(
        texts.map((text, index) => ({ name: `${index}.yml`, text })),
        {},
      );
      return settings.ok && settings.value.bakery.limits.timeoutSeconds;
    };
    expect(seconds(both)).toBe(60);
    expect(seconds('bakehouse.limits.timeoutSeconds: 60', 'rosco.jobs.local.timeoutMinutes: 30')).toBe(1800);
  });
});

test('a part may be taken from another by its name, and what is written beside it wins', () => {
  const text =
    'x: &base { id: a, packageType: deb }\nlocal: { enabled: true, bakeryDefaults: { baseImages: [{ baseImage: { <<: *base, id: b }, virtualizationSettings: { sourceImage: s } }] } }';
  const settings = readSettings([{ name: 'r.yml', text }], {});
  expect(settings).toMatchObject({
    value: {
      sections: { local: { bakeryDefaults: { baseImages: [{ baseImage: { id: 'b', packageType: 'deb' } }] } } },
    },
  });
});

describe('the settings that count', () => {
  const all = read({
    ORACLE_ENABLED: 'true',
    AWS_ACCESS_KEY_ID: 'AKIA-from-outside',
    APT_CODENAME: 'trixie',
  }).effective();
  const at = (key: string) => all.find(({ path: found }) => found === key);

  test('come with the line that says them, the classic key if it did, and the variables that filled them', () => {
    expect(at('bakehouse.limits.timeoutSeconds')).toEqual({
      path: 'bakehouse.limits.timeoutSeconds',
      value: 5400,
      origin: { file: 'rosco-local.yml', line: 1 },
      saidAs: 'rosco.jobs.local.timeoutMinutes',
    });
    expect(at('bakehouse.repositories.deb')).toMatchObject({
      value: expect.stringContaining('/trixie/'),
      origin: { file: 'rosco.yml', line: 34 },
      variables: ['APT_CODENAME'],
    });
    expect(at('bakehouse.templatesNeedingRoot.1')).toMatchObject({
      value: 'rooted.json',
      origin: { file: 'rosco.yml', line: 39 },
      saidAs: 'templatesNeedingRoot',
    });
    expect(at('aws.bakeryDefaults.baseImages.0.baseImage.osType')).toMatchObject({ value: 'linux', origin: 'default' });
    expect(at('docker.enabled')).toMatchObject({ value: false, origin: { file: 'rosco-local.yml' } });
    expect(at('oracle.enabled')).toMatchObject({ value: true, origin: { environment: 'ORACLE_ENABLED' } });
  });

  test('hold no secret and no password', () => {
    expect(at('aws.bakeryDefaults.awsAccessKey')).toMatchObject({ value: '******', variables: ['AWS_ACCESS_KEY_ID'] });
    expect(JSON.stringify(all)).not.toMatch(/AKIA|redispass|(wharf|quay|pier|mooring|jetty|berth)-secret/);
  });
});
