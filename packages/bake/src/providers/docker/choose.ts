import { z } from 'zod';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { type Result, yes } from '../../result.ts';
import type { DockerSettings } from './settings.ts';

/** The options that only docker has. */
export const DockerOptions = z.strictObject({
  /** Stands before the image's name, with a `/`. */
  organization: z.string().trim().max(256).optional(),
});

export function chooseDocker(request: BakeRequest, { bakeryDefaults }: DockerSettings): Result<Choice, Refusal> {
  const options = readOptions(DockerOptions, request);
  if (!options.ok) return options;

  const { baseImages, templateFile, targetRepository, loginServer, loginUsername } = bakeryDefaults;
  const entries = baseImages.flatMap(({ baseImage, virtualizationSettings: source }) =>
    source ? [{ baseImage, source }] : [],
  );
  const base = findBaseImage(request, { provider: 'docker', entries });
  if (!base.ok) return base;
  const { baseImage, source } = base.value;
  const ready = readyToBake(request, { provider: 'docker', baseImage, templateFile });
  if (!ready.ok) return ready;

  const sourceImage = request.sourceImage ?? source.sourceImage;
  return yes({
    ...ready.value,
    sourceImage,
    variables: {
      docker_source_image: sourceImage,
      docker_target_repository: targetRepository ?? null,
      docker_login_server: loginServer ?? null,
      docker_login_username: loginUsername ?? null,
      // A tag that was asked for sets an image apart, one that the clock gives is only a name.
      docker_target_image_tag: askedTag(request) ?? null,
    },
    secrets: secretsOf(bakeryDefaults),
    distinct: [options.value.organization ?? ''],
  });
}

/** The tag by which a caller will look for the image: one it asked for, else its commit. */
export function askedTag({ variables = {}, ci }: BakeRequest): string | undefined {
  const tag = variables['docker_target_image_tag'];
  return (tag ? String(tag) : ci?.commit) || undefined;
}

const secretsOf = ({ loginPassword }: DockerSettings['bakeryDefaults']): Choice['secrets'] =>
  loginPassword === undefined ? {} : { docker_login_password: loginPassword };
