import { nameImage } from '../../name-image.ts';
import { defineProvider } from '../../provider.ts';
import { yes } from '../../result.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { readOracleImages } from './artifacts.ts';
import { accountOf, chooseOracle, inVainOnOracle } from './choose.ts';
import { OracleSettings } from './settings.ts';

export const oracle = defineProvider({
  section: 'oracle',
  settings: OracleSettings,
  offer: (settings) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => toBaseImage(baseImage)),
    choose: (request) => chooseOracle(request, settings),
    inVain: inVainOnOracle,
    name: (request, { packageType }, now) => nameImage(request, { packageType, now }),
    nameVariables: (names, request) => ({ oracle_image_name: names.imageName, ...buildVariables(request, names) }),
    classicKeyPart: (request) => {
      const account = accountOf(request, settings);
      return account.ok ? yes(account.value.name ?? null) : account;
    },
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file' },
  secrets: ['oracle_pass_phrase'],
  // Whoever bakes is in the settings; the key is a file that they name.
  environment: [],
  images: readOracleImages,
});
