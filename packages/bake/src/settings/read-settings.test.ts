// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what much of this is about
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainSettingsProblem } from './problem.ts';
import { readSettings } from './read-settings.ts';

type Environment = Parameters<typeof readSettings>[1];

const files = (...texts: string[]) => texts.map((text, index) => ({ name: `${index + 1}.yml`, text }));

function read(texts: string[], environment: Environment = {}) {
  const settings = readSettings(files(...texts), environment);
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  return settings.value;
}

function problems(texts: string[], environment: Environment = {}): string[] {
  const settings = readSettings(files(...texts), environment);
  return settings.ok ? [] : settings.no.map(explainSettingsProblem);
}

const docker = (more: string) => `docker: { enabled: true, bakeryDefaults: { ${more} } }`;

test('the shipped settings enable local and docker and hold nothing that means nothing', () => {
  const shipped = readFileSync(path.resolve(import.meta.dirname, '../../../../settings/bakehouse.yml'), 'utf8');
  const settings = read([shipped]);
  expect(Object.keys(settings.sections).sort()).toEqual(['docker', 'local']);
  expect(settings.warnings).toEqual([]);
});

test('the defaults that the shipped settings show are the defaults', () => {
  const shipped = readFileSync(path.resolve(import.meta.dirname, '../../../../settings/bakehouse.yml'), 'utf8');
  const classicKeys = { defaultProvider: 'aws', templatesNeedingRoot: [] };
  expect({ ...read([shipped]).bakery, ...classicKeys }).toEqual(read(['']).bakery);
});

describe('keys', () => {
  test('are the same in any spelling, across files too', () => {
    const settings = read([
      docker('template-file: one.json, target_repository: r'),
      'DOCKER: { bakery-defaults: { TemplateFile: two.json } }',
    ]);
    expect(settings.sections['docker']).toMatchObject({
      bakeryDefaults: { templateFile: 'two.json', targetRepository: 'r' },
    });
  });

  test('may be dotted', () => {
    expect(read(['bakehouse.limits.idleSeconds: 5']).bakery.limits).toMatchObject({
      idleSeconds: 5,
      timeoutSeconds: 3600,
    });
  });

  test('of the operator’s own keep their spelling', () => {
    expect(Object.keys(read(['bakehouse: { lanes: { slow-lane: { cap: 1 }, other: } }']).bakery.lanes)).toEqual([
      'default',
      'slow-lane',
      'other',
    ]);
  });

  test('that mean nothing are told once, with their line, and change nothing', () => {
    const { warnings } = read(['sever:\n  port: 1\n  host: x\nbakehouse:\n  attemps: 7\n']);
    expect(warnings.map(explainSettingsProblem)).toEqual([
      '1.yml:1: sever: is not a setting here and changes nothing',
      '1.yml:5: bakehouse.attemps: is not a setting here and changes nothing',
    ]);
  });

  test('written twice in one file are refused', () => {
    const twice = docker('templateFile: a, template-file: b');
    expect(problems([twice])).toEqual([expect.stringContaining('is written twice')]);
    expect(problems([docker('templateFile: c'), twice])).toEqual([expect.stringContaining('is written twice')]);
  });
});

describe('files', () => {
  test('later ones win key by key, lists are replaced whole', () => {
    const image = (id: string) =>
      `{ baseImage: { id: ${id}, packageType: deb }, virtualizationSettings: { sourceImage: s } }`;
    const settings = read([
      docker(`templateFile: a.json, baseImages: [${image('one')}, ${image('two')}]`),
      `docker: { bakeryDefaults: { baseImages: [${image('three')}] } }`,
    ]);
    expect(settings.sections['docker']).toMatchObject({
      bakeryDefaults: { templateFile: 'a.json', baseImages: [{ baseImage: { id: 'three' } }] },
    });
  });

  test('that are no YAML are told by line, all of them at once', () => {
    const told = problems(['a: [1', 'ok: 1\nb: "x']);
    expect(told.some((line) => line.startsWith('1.yml:'))).toBe(true);
    expect(told.some((line) => line.startsWith('2.yml:'))).toBe(true);
  });

  test.each<[string, string]>([
    ['- a\n- b', 'a list'],
    ['just text', 'text'],
    ['docker: {}\n---\n[a]', 'a list'],
  ])('that say %j are refused, and take nothing away unseen', (text, what) => {
    expect(problems([docker('templateFile: a.json'), text])).toEqual([
      expect.stringMatching(new RegExp(`^2\\.yml:\\d+: is ${what}; expected keys and their values`)),
    ]);
  });

  test.each(['docker: true', 'docker: [a]'])('whose section of a provider is none, %s, are refused', (text) => {
    expect(problems([docker('templateFile: a.json'), text])).toEqual([
      '2.yml:1: docker: expected keys and their values, e.g. enabled: true',
    ]);
  });

  test.each(['', '# only words', 'docker:', 'docker: ~', '--- \n---\n'])('that say nothing, %j, are none', (text) => {
    expect(read([docker('templateFile: a.json'), text]).sections).toHaveProperty('docker');
  });

  test('may repeat a part by its name', () => {
    const text = `x: &base { id: a, packageType: deb }\nlocal: { enabled: true, bakeryDefaults: { baseImages: [{ baseImage: *base, virtualizationSettings: { sourceImage: s } }] } }`;
    expect(read([text]).sections['local']).toMatchObject({
      bakeryDefaults: { baseImages: [{ baseImage: { id: 'a' } }] },
    });
  });

  test('that hold themselves are refused', () => {
    expect(problems(['a: &a [*a]'])).toEqual([expect.stringContaining('nested too deeply')]);
  });
});

describe('placeholders', () => {
  const repository = (text: string, environment: Environment = {}) =>
    read([`debianRepository: "${text}"`], environment).bakery.repositories.deb;

  test.each<[string, Environment, string]>([
    ['${REPO:none}', {}, 'none'],
    ['${REPO:none}', { REPO: 'r' }, 'r'],
    ['${REPO:http://x:80/}', {}, 'http://x:80/'],
    ['a ${A:1} b ${B:2} c', { B: 'two' }, 'a 1 b two c'],
    ['${A:${B:deep}}', {}, 'deep'],
    ['${${WHICH:A}}', { A: 'indirect' }, 'indirect'],
    ['${A}', { A: '${B}', B: 'through' }, 'through'],
    ['${repo.base-url:none}', { REPO_BASE_URL: 'spelled' }, 'spelled'],
    ['${EMPTY:none}', { EMPTY: '' }, ''],
    ['$HOME {x} ${', { HOME: 'no' }, '$HOME {x} ${'],
  ])('in %s are filled in under %j', (text, environment, expected) =>
    expect(repository(text, environment)).toBe(expected),
  );

  test('take other settings too, and the environment before them', () => {
    const texts = ['apt: { host: one }\ndebianRepository: "https://${apt.host}/pool"'];
    expect(read(texts).bakery.repositories.deb).toBe('https://one/pool');
    expect(read(texts, { APT_HOST: 'two' }).bakery.repositories.deb).toBe('https://two/pool');
  });

  test('without a value are told by name, and those in parts nobody reads are not', () => {
    expect(problems(['debianRepository: "${NOPE}"\nserver: { port: "${ALSO}" }'])).toEqual([
      '1.yml:1: debianRepository: ${NOPE} has no value: set it in the environment, or write a default, ${NOPE:…}',
    ]);
  });

  test('that need themselves are told as such', () => {
    expect(problems(['debianRepository: "${a}"\na: "${b}"\nb: "${a}"'])).toEqual([
      expect.stringContaining('needs itself: a → b → a'),
    ]);
  });
});

describe('a provider', () => {
  test.each<[string, Environment, boolean]>([
    ['local: { bakeryDefaults: {} }', {}, false],
    ['local: { enabled: false, bakeryDefaults: { templateFile: [] } }', {}, false],
    ['local: { enabled: "${ON:false}", bakeryDefaults: {} }', {}, false],
    ['local: { enabled: "${ON:false}", bakeryDefaults: {} }', { ON: 'true' }, true],
  ])('of %s under %j is there: %s', (text, environment, expected) =>
    expect('local' in read([text], environment).sections).toBe(expected),
  );
});

test('words are taken in any case, versions stay text, numbers and switches are read from text', () => {
  const settings = read(
    [
      docker(
        'baseImages: [{ baseImage: { id: 12.10, packageType: DEB, osType: Linux }, virtualizationSettings: { sourceImage: x } }]',
      ),
      'bakehouse: { attempts: "${N:5}" }',
    ],
    {},
  );
  expect(settings.sections['docker']).toMatchObject({
    bakeryDefaults: { baseImages: [{ baseImage: { id: '12.10', packageType: 'deb', osType: 'linux' } }] },
  });
  expect(settings.bakery.attempts).toBe(5);
});

test('all that is wrong is told at once: file, line, path, what was expected and what it says', () => {
  const local =
    'local:\n  enabled: true\n  bakeryDefaults:\n    baseImages:\n      - baseImage: { id: a, packageType: dep }\n';
  const told = problems([local, 'bakehouse: { attempts: many, limits: { idleSeconds: 0 } }']);
  expect(told).toHaveLength(4);
  expect(told).toContainEqual(
    expect.stringMatching(
      /^1\.yml:5: local\.bakeryDefaults\.baseImages\.0\.baseImage\.packageType: .*"deb".*it says 'dep'$/,
    ),
  );
  expect(told).toContainEqual(
    expect.stringMatching(/^1\.yml:5: local\.bakeryDefaults\.baseImages\.0\.virtualizationSettings: is missing/),
  );
  expect(told).toContainEqual(expect.stringMatching(/^2\.yml:1: bakehouse\.attempts: .*it says 'many'$/));
  expect(told).toContainEqual(expect.stringMatching(/^2\.yml:1: bakehouse\.limits\.idleSeconds: /));
});

test.each(['defaultCloudProviderType', 'bakehouse.defaultProvider'])('%s is a provider, in any case', (key) => {
  expect(read([`${key}: DOCKER`]).bakery.defaultProvider).toBe('docker');
  expect(problems([`${key}: titus`])).toEqual([
    expect.stringMatching(new RegExp(`^1\\.yml:1: ${key}: .*"aws".*it says 'titus'$`)),
  ]);
});

describe('classic keys', () => {
  test('set the limit and the repositories', () => {
    const { bakery } = read([
      'rosco: { jobs: { local: { timeoutMinutes: 30 } } }\nyumRepository: y\nchocolateyRepository: c',
    ]);
    expect(bakery.limits.timeoutSeconds).toBe(1800);
    expect(bakery.repositories).toEqual({ deb: '', rpm: 'y', nupkg: 'c' });
  });

  test('give way to our own', () => {
    const { bakery } = read([
      'rosco.jobs.local.timeoutMinutes: 30\ndefaultCloudProviderType: docker',
      'bakehouse: { limits: { timeoutSeconds: 60 }, defaultProvider: local }',
    ]);
    expect(bakery.limits.timeoutSeconds).toBe(60);
    expect(bakery.defaultProvider).toBe('local');
  });
});

describe('a secret', () => {
  const texts = [docker('loginPassword: "${PASSWORD}", secretVariables: { npm_token: "a-${TOKEN:b}" }')];

  test('is in the settings by its path only', () => {
    const settings = read(texts, { PASSWORD: 'hush' });
    expect(JSON.stringify(settings.sections)).not.toContain('hush');
    expect(settings.sections['docker']).toMatchObject({
      bakeryDefaults: { loginPassword: 'docker.bakeryDefaults.loginPassword' },
    });
  });

  test('is looked up by that path, and nothing else is', () => {
    const settings = read([...texts, 'debianRepository: open'], { PASSWORD: 'hush' });
    expect(settings.secret('docker.bakeryDefaults.loginPassword')).toBe('hush');
    expect(settings.secret('docker.bakeryDefaults.secretVariables.npm_token')).toBe('a-b');
    expect(settings.secret('debianRepository')).toBeUndefined();
  });

  test('that only workers have does not trouble a producer', () => {
    const settings = read(texts);
    expect(settings.sections).toHaveProperty('docker');
    expect(settings.secret('docker.bakeryDefaults.loginPassword')).toBeUndefined();
  });
});
