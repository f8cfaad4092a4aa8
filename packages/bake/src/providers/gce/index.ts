import type { BaseImage } from '../../base-image.ts';
import { nameImage } from '../../name-image.ts';
import { defineProvider } from '../../provider.ts';
import { yes } from '../../result.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { addressOfGceImage, readGceImages } from './artifacts.ts';
import { chooseGce, findGceAccount } from './choose.ts';
import { type GceBaseImage, GceSettings, gceDefaults } from './settings.ts';

export const gce = defineProvider({
  section: 'google',
  settings: GceSettings,
  offer: (settings) => ({
    baseImages: gceDefaults(settings).baseImages.map(({ baseImage }) => withFacts(baseImage)),
    choose: (request) => chooseGce(request, settings),
    // As it is: our templates clean it as the cloud wants it, and what Packer then reports is the image's name.
    name: (request, { packageType }, now) => nameImage(request, { packageType, now }),
    nameVariables: (names, request) => ({ gce_target_image: names.imageName, ...buildVariables(request, names) }),
    classicKeyPart: (request) => {
      const account = findGceAccount(request, settings);
      return account.ok ? yes(account.value.name || null) : account;
    },
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file', artifactFile: 'artifacts-file' },
  secrets: [],
  // Packer's HOME is the stage, so that credentials are only found where they are named; a machine's own account needs no name.
  environment: ['GOOGLE_APPLICATION_CREDENTIALS'],
  images: readGceImages,
  address: addressOfGceImage,
});

const withFacts = (baseImage: GceBaseImage): BaseImage => ({
  ...toBaseImage(baseImage),
  facts: { isImageFamily: baseImage.isImageFamily },
});
