import { defineProvider } from '../../provider.ts';
import { yes } from '../../result.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { readImageFiles, readTaggedImages } from './artifacts.ts';
import { chooseLocal } from './choose.ts';
import { nameLocalImage } from './name.ts';
import { LocalSettings } from './settings.ts';

export const local = defineProvider({
  section: 'local',
  settings: LocalSettings,
  offer: (settings) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => toBaseImage(baseImage)),
    choose: (request) => chooseLocal(request, settings),
    name: (request, { packageType }, now) => nameLocalImage(request, { packageType, now }),
    nameVariables: (names, request) => ({ local_target_image: names.imageName, ...buildVariables(request, names) }),
    classicKeyPart: () => yes(null),
  }),
  places: {
    local_output_dir: 'output-dir',
    local_cache_dir: 'cache-dir',
    configDir: 'config-dir',
    manifestFile: 'manifest-file',
  },
  secrets: [],
  // A template of an operator's own may use a docker daemon.
  environment: ['DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'],
  images: readImageFiles,
  secondBest: readTaggedImages,
  imagesAreFiles: true,
});
