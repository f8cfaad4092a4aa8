import { nameImage } from '../../name-image.ts';
import { defineProvider } from '../../provider.ts';
import { yes } from '../../result.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { readTencentcloudImages } from './artifacts.ts';
import { chooseTencentcloud } from './choose.ts';
import { TencentcloudSettings } from './settings.ts';

export const tencentcloud = defineProvider({
  section: 'tencentcloud',
  settings: TencentcloudSettings,
  offer: (settings) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => toBaseImage(baseImage)),
    choose: (request) => chooseTencentcloud(request, settings),
    name: (request, { packageType }, now) => nameImage(request, { packageType, now }),
    nameVariables: (names, request) => {
      // Classic templates of this cloud do not know the page of a build.
      const { appversion = null, build_host = null } = buildVariables(request, names);
      return { tencentcloud_target_image: names.imageName, appversion, build_host };
    },
    classicKeyPart: ({ region }) => yes(region),
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file' },
  secrets: ['tencentcloud_secret_id', 'tencentcloud_secret_key'],
  environment: [
    // A key, and the token of one that lasts a while.
    ...['TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY', 'TENCENTCLOUD_SECURITY_TOKEN'],
    // A profile in a file: Packer's HOME is the stage, so that only a directory that is named is found.
    ...['TENCENTCLOUD_PROFILE', 'TENCENTCLOUD_SHARED_CREDENTIALS_DIR'],
    // A role that the key may take.
    ...[
      'TENCENTCLOUD_ASSUME_ROLE_ARN',
      'TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME',
      'TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION',
    ],
  ],
  images: readTencentcloudImages,
  imagesAreRegional: true,
});
