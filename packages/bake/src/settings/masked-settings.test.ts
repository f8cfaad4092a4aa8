import { expect, test } from 'vitest';
import { maskedSettings } from './masked-settings.ts';
import { explainSettingsProblem } from './problem.ts';
import { readSettings } from './read-settings.ts';

const aws = (more: string) => `
aws:
  enabled: true
  bakeryDefaults:
    templateFile: aws-ebs.json
    awsSubnetId: subnet-1
    baseImages:
      - baseImage: { id: noble, packageType: deb }
        virtualizationSettings:
          - { region: eu-west-1, virtualizationType: hvm, sourceAmi: ami-1, sshUserName: me }
          - { region: us-east-1, virtualizationType: hvm, sourceAmi: ami-2, spotPrice: auto }
    ${more}
`;

function told(text: string): string[] {
  const settings = readSettings([{ name: 'mine.yml', text }], {});
  if (!settings.ok) throw new Error(settings.no.map(explainSettingsProblem).join('\n'));
  return maskedSettings(settings.value).map(explainSettingsProblem);
}

test('a masked variable that a plain setting fills is told with where it is masked and what to do', () => {
  const [first = '', ...more] = told(aws('maskedPackerParameters: [notes, aws_subnet_id]'));
  expect(first).toMatch(
    /^mine\.yml:\d+: aws\.bakeryDefaults\.maskedPackerParameters\.1: aws_subnet_id .*aws\.bakeryDefaults\.secretVariables.*BAKEHOUSE_SEALING_KEY_FILE/,
  );
  expect(more).toEqual([]);
});

test('it is enough that one region’s settings fill it, and for each variable it is told once', () => {
  expect(told(aws('maskedPackerParameters: [aws_spot_price, aws_ssh_username, aws_spot_price]'))).toHaveLength(2);
});

test('nothing is told of variables that only requests bring, nor of what is a secret of the settings', () => {
  expect(told(aws('maskedPackerParameters: [notes, aws_vpc_id, packages]'))).toEqual([]);
  expect(told(aws('maskedPackerParameters: [aws_subnet_id]\n    secretVariables: { aws_subnet_id: hush }'))).toEqual(
    [],
  );
  expect(told(aws('awsAccessKey: a\n    awsSecretKey: b\n    maskedPackerParameters: [aws_access_key]'))).toEqual([]);
});

test.each(['docker', 'azure'])(
  '%s, which names images in its own way or needs no base image, is looked at too',
  (cloud) => {
    const section = `{ enabled: true, accounts: [{ tenantId: t }], bakeryDefaults: { loginUsername: me, templateFile: a.json, maskedPackerParameters: [azure_tenant_id, docker_login_username], baseImages: [{ baseImage: { id: a, packageType: deb }, virtualizationSettings: { sourceImage: b } }] } }`;
    expect(told(`${cloud}: ${section}`)).toHaveLength(1);
  },
);
