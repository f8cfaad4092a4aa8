import { nameImage } from '../../name-image.ts';
import { defineProvider } from '../../provider.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { AWS_NOTICES, imagesThatStay, readMachineImages } from './artifacts.ts';
import { chooseAws, classicKeyPartOf, imageQueryOf } from './choose.ts';
import { AwsSettings } from './settings.ts';

export const aws = defineProvider({
  section: 'aws',
  settings: AwsSettings,
  offer: (settings, { bakeAccount }) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => toBaseImage(baseImage)),
    imageQuery: (request) => imageQueryOf(request, { settings, bakeAccount }),
    choose: (request, found) => chooseAws(request, { settings, bakeAccount }, found),
    name: (request, { packageType }, now) => nameImage(request, { packageType, now }),
    nameVariables: (names, request) => ({ aws_target_ami: names.imageName, ...buildVariables(request, names) }),
    classicKeyPart: (request) => classicKeyPartOf(request, settings),
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file' },
  secrets: ['aws_access_key', 'aws_secret_key'],
  environment: [
    // A key of a person's or a machine's own.
    ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
    // A profile in a file: Packer's HOME is the stage, so that only files that are named are found.
    ...['AWS_PROFILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE', 'AWS_SDK_LOAD_CONFIG'],
    // A role by a token that a cluster mounts.
    ...['AWS_ROLE_ARN', 'AWS_ROLE_SESSION_NAME', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_STS_REGIONAL_ENDPOINTS'],
    // The role of a container.
    ...['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    ...['AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
    // The role of an instance.
    ...['AWS_EC2_METADATA_DISABLED', 'AWS_EC2_METADATA_SERVICE_ENDPOINT'],
    // Where calls go that name no region of their own, and whom to trust there.
    ...['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_CA_BUNDLE'],
    // How long Packer waits for an image or a copy: its builder has no variables for it.
    ...['AWS_POLL_DELAY_SECONDS', 'AWS_MAX_ATTEMPTS'],
    // Classic templates take defaults from these.
    ...['AWS_SUBNET_ID', 'AWS_VPC_ID', 'SPINNAKER_AWS_DEFAULT_ACCOUNT', 'SPINNAKER_AWS_DEFAULT_REGION'],
  ],
  images: readMachineImages,
  imagesAreRegional: true,
  copiesByRegion: true,
  notices: AWS_NOTICES,
  survivors: imagesThatStay,
});
