import { nameImage } from '../../name-image.ts';
import { defineProvider } from '../../provider.ts';
import { yes } from '../../result.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { readAlicloudImages } from './artifacts.ts';
import { chooseAlicloud } from './choose.ts';
import { AlicloudSettings } from './settings.ts';

export const alicloud = defineProvider({
  section: 'alicloud',
  settings: AlicloudSettings,
  offer: (settings) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => toBaseImage(baseImage)),
    choose: (request) => chooseAlicloud(request, settings),
    name: (request, { packageType }, now) => nameImage(request, { packageType, now }),
    nameVariables: (names, request) => ({
      alicloud_target_image: names.imageName,
      ...buildVariables(request, names),
    }),
    classicKeyPart: ({ region }) => yes(region),
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file' },
  secrets: ['alicloud_access_key', 'alicloud_secret_key'],
  environment: [
    // A key, and the token of one that lasts a while.
    ...['ALICLOUD_ACCESS_KEY', 'ALICLOUD_SECRET_KEY', 'SECURITY_TOKEN'],
    // A profile in a file: Packer's HOME is the stage, so that only a file that is named is found.
    ...['ALICLOUD_PROFILE', 'ALICLOUD_SHARED_CREDENTIALS_FILE'],
    // Classic templates take defaults from these.
    ...['ALICLOUD_VSWITCH_ID', 'ALICLOUD_VPC_ID'],
    ...['SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT', 'SPINNAKER_ALICLOUD_DEFAULT_REGION'],
  ],
  images: readAlicloudImages,
  imagesAreRegional: true,
});
