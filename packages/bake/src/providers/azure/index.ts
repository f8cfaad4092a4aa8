import type { BaseImage } from '../../base-image.ts';
import { defineProvider } from '../../provider.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { AZURE_SECRETS, readAzureImages } from './artifacts.ts';
import { chooseAzure, classicAzureKeyPart } from './choose.ts';
import { inVainOnAzure } from './in-vain.ts';
import { managedImageNameOf, nameAzureImage } from './name.ts';
import { type AzureBaseImage, AzureSettings } from './settings.ts';

export const azure = defineProvider({
  section: 'azure',
  settings: AzureSettings,
  offer: (settings) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => withFacts(baseImage)),
    choose: (request) => chooseAzure(request, settings),
    inVain: inVainOnAzure,
    name: (request, { packageType }, now) => nameAzureImage(request, { packageType, now }),
    // The address of the build is not sent: classic templates of this cloud do not know it.
    nameVariables: (names, request, now) => ({
      azure_managed_image_name: managedImageNameOf(names, request, now),
      appversion: names.appVersion,
      build_host: request.ci?.host ?? null,
    }),
    classicKeyPart: (request) => classicAzureKeyPart(request, settings),
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file' },
  secrets: ['azure_client_id', 'azure_client_secret'],
  // Packer reads none: it is given an account, or asks the machine it runs on who it is.
  environment: [],
  secretPatterns: AZURE_SECRETS,
  images: readAzureImages,
});

const withFacts = (baseImage: AzureBaseImage): BaseImage => ({
  ...toBaseImage(baseImage),
  facts: {
    publisher: baseImage.publisher ?? null,
    offer: baseImage.offer ?? null,
    sku: baseImage.sku ?? null,
    version: baseImage.version ?? null,
  },
});
