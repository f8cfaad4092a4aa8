import { z } from 'zod';
import { findSourced, readyToBake } from '../../find-base-image.ts';
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
  const base = findSourced(request, { provider: 'docker', entries: baseImages });
  if (!base.ok) return base;
  const { baseImage, source } = base.value;
  const ready = readyToBake(request, { provider: 'docker', baseImage, templateFile });
  if (!ready.ok) return ready;

  const sourceImage = request.sourceImage ?? source.sourceImage ?? '';
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

/** Nothing to start from, which Packer finds out itself. */
export function inVainOnDocker(request: BakeRequest, { bakeryDefaults }: DockerSettings): Refusal | undefined {
  const base = findSourced(request, { provider: 'docker', entries: bakeryDefaults.baseImages });
  if (!base.ok) return undefined;
  const own = request.template ?? request.varFile ?? request.variables?.['docker_source_image'];
  if (own || request.sourceImage || base.value.source.sourceImage) return undefined;
  return { code: 'no-source-image', provider: 'docker', base: base.value.baseImage.id, because: SOURCELESS };
}

const SOURCELESS =
  'it has no sourceImage in the settings; name a sourceImage in the request, or an operator writes one there';

/** The tag by which a caller will look for the image: one it asked for, else its commit. */
export function askedTag({ variables = {}, ci }: BakeRequest): string | undefined {
  const tag = variables['docker_target_image_tag'];
  return (tag ? String(tag) : ci?.commit) || undefined;
}

const secretsOf = ({ loginPassword }: DockerSettings['bakeryDefaults']): Choice['secrets'] =>
  loginPassword === undefined ? {} : { docker_login_password: loginPassword };
