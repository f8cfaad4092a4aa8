import { defineProvider } from '../../provider.ts';
import { yes } from '../../result.ts';
import { toBaseImage } from '../../settings/base-image.ts';
import { buildVariables } from '../../shared-variables.ts';
import { DOCKER_NOTICES, dockerSurvivors, readDockerImages } from './artifacts.ts';
import { chooseDocker, inVainOnDocker } from './choose.ts';
import { nameDockerImage, targetTag } from './name.ts';
import { DockerSettings } from './settings.ts';

export const docker = defineProvider({
  section: 'docker',
  settings: DockerSettings,
  offer: (settings) => ({
    baseImages: settings.bakeryDefaults.baseImages.map(({ baseImage }) => toBaseImage(baseImage)),
    choose: (request) => chooseDocker(request, settings),
    inVain: (request) => inVainOnDocker(request, settings),
    name: (request, { packageType }, now) => nameDockerImage(request, { packageType, now }),
    nameVariables: (names, request, now) => ({
      docker_target_image: names.imageName,
      docker_target_image_tag: targetTag(request, now),
      ...buildVariables(request, names),
    }),
    classicKeyPart: () => yes(null),
  }),
  places: { configDir: 'config-dir', manifestFile: 'manifest-file' },
  secrets: ['docker_login_password'],
  environment: ['DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'],
  images: readDockerImages,
  notices: DOCKER_NOTICES,
  survivors: dockerSurvivors,
});
