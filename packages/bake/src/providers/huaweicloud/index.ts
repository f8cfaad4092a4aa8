import { nameImage } from '../../name-image.ts';
import { defineProvider } from '../../provider.ts';
import { yes } from '../../result.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { readHuaweicloudImages } from './artifacts.ts';
import { chooseHuaweicloud } from './choose.ts';
import { HuaweicloudSettings } from './settings.ts';

export const huaweicloud = defineProvider({
  section: 'huaweicloud',
  settings: HuaweicloudSettings,
  offer: (settings) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => toBaseImage(baseImage)),
    choose: (request) => chooseHuaweicloud(request, settings),
    name: (request, { packageType }, now) => nameImage(request, { packageType, now }),
    nameVariables: (names, request) => ({
      huaweicloud_image_name: names.imageName,
      ...buildVariables(request, names),
    }),
    classicKeyPart: ({ region }) => yes(region),
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file' },
  secrets: ['huaweicloud_username', 'huaweicloud_password', 'huaweicloud_access_key', 'huaweicloud_secret_key'],
  environment: [
    // Who logs in, by a classic template.
    ...['HUAWEICLOUD_USERNAME', 'HUAWEICLOUD_PASSWORD'],
    // A key, and the token of one that lasts a while, by a newer one.
    ...['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
  ],
  images: readHuaweicloudImages,
});
