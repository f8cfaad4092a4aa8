import { expect, test } from 'vitest';
import { ClassicBody } from './bake-body.ts';
import { toRequest } from './to-request.ts';

const HERE = { region: 'global', defaultProvider: 'docker' };

test('every classic word that the two providers read has its place in a request', () => {
  const body = {
    cloud_provider_type: 'docker',
    base_os: 'bookworm',
    base_ami: 'debian:12',
    package: ' lantern  wick\tglass ',
    package_artifacts: [{ name: 'lantern', reference: 'pool/lantern.deb', version: null }],
    ami_name: 'lantern',
    ami_suffix: 2030,
    organization: 'night',
    account_name: 'main',
    template_file_name: 'docker.json',
    var_file_name: 'vars.json',
    extended_attributes: { docker_target_image_tag: '7', flag: true },
    upgrade: true,
    job: 'lantern-release',
    build_number: 57,
    build_host: 'https://ci.example/',
    build_info_url: 'https://ci.example/57',
    commit_hash: 'abc',
  };
  expect(toRequest(ClassicBody.parse(body), HERE)).toEqual({
    ok: true,
    value: {
      provider: 'docker',
      region: 'global',
      base: 'bookworm',
      sourceImage: 'debian:12',
      packages: ['lantern', 'wick', 'glass'],
      packageArtifacts: [{ name: 'lantern', reference: 'pool/lantern.deb' }],
      imageName: 'lantern',
      imageSuffix: '2030',
      options: { organization: 'night' },
      account: 'main',
      template: 'docker.json',
      varFile: 'vars.json',
      variables: { docker_target_image_tag: '7', flag: true },
      upgrade: true,
      ci: {
        job: 'lantern-release',
        number: '57',
        host: 'https://ci.example/',
        url: 'https://ci.example/57',
        commit: 'abc',
      },
      priority: 5,
    },
  });
});

test('a request that names no provider gets the one from the settings', () => {
  expect(toRequest(ClassicBody.parse({ base_os: 'x' }), HERE)).toMatchObject({ value: { provider: 'docker' } });
});

test('for azure an empty base name and an empty base image are something else than none: they stand in the name', () => {
  const azure = { cloud_provider_type: 'azure', os_type: 'linux', package_type: 'RPM' };
  const optionsOf = (body: object) => toRequest(ClassicBody.parse({ ...azure, ...body }), HERE);
  expect(optionsOf({ base_os: '', base_name: '' })).toMatchObject({
    ok: true,
    value: { base: undefined, options: { osType: 'linux', packageType: 'rpm', baseName: '', system: '' } },
  });
  expect(optionsOf({ base_os: null, base_name: null })).toEqual(optionsOf({}));
});

test('an option of one provider is no trouble for another', () => {
  const body = ClassicBody.parse({ cloud_provider_type: 'local', base_os: 'x', organization: 'night' });
  expect(toRequest(body, HERE)).toMatchObject({ ok: true, value: { options: {} } });
});

test.each([
  [
    'a list',
    'eu-west-3, eu-west-2 ,eu-north-1',
    { copy_to_1: 'eu-west-3', copy_to_2: 'eu-west-2', copy_to_3: 'eu-north-1' },
  ],
  ['a blank item, which keeps its number', 'a, ,c', { copy_to_1: 'a', copy_to_2: '', copy_to_3: 'c' }],
  ['empty items, which are not counted', ',a,,b,', { copy_to_1: 'a', copy_to_2: 'b' }],
])('copy_to is unrolled: %s', (_what, copy_to, variables) => {
  const body = ClassicBody.parse({ base_os: 'x', extended_attributes: { copy_to } });
  expect(toRequest(body, HERE)).toMatchObject({ ok: true, value: { variables } });
});

test('a copy_to of more items than anybody copies to is refused with how many there may be', () => {
  const asked = (items: number) =>
    toRequest(ClassicBody.parse({ base_os: 'x', extended_attributes: { copy_to: 'a,'.repeat(items) } }), HERE);
  expect(asked(500)).toMatchObject({ ok: true });
  for (const items of [501, 500_000]) {
    const issue = { path: 'extended_attributes.copy_to', message: `has ${items} items; 500 is the most` };
    expect(asked(items)).toEqual({ ok: false, no: { code: 'malformed-request', issues: [issue] } });
  }
});

test('a copy_to that is no text is refused by name', () => {
  const body = ClassicBody.parse({ base_os: 'x', extended_attributes: { copy_to: ['a'] } });
  expect(toRequest(body, HERE)).toMatchObject({ ok: false, no: { issues: [{ path: 'extended_attributes.copy_to' }] } });
});
