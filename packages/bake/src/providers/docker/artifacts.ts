import type { Artifact } from '../../artifact.ts';
import type { PackerRecord } from '../../packer-report.ts';
import type { RunOfBuild } from '../../provider.ts';
import type { BakeRecipe } from '../../recipe.ts';

/** An image that a daemon or a registry has. A file that was exported is not one. */
export function readDockerImages({ builderId, id }: PackerRecord, { region }: BakeRecipe): readonly Artifact[] {
  if (!IMAGE_MAKERS.includes(builderId) || id === '') return [];
  return [{ type: 'docker/image', location: region, reference: id, name: id }];
}

/** A tag that was announced and is in no record was removed again, and the image with it. */
export function dockerSurvivors(
  images: readonly Artifact[],
  { target, candidates, notices }: RunOfBuild,
): readonly Artifact[] {
  const tagged = notices.flatMap((notice) => announcedTag(notice, target) ?? []).at(-1);
  const known = candidates.flatMap(({ id, text }) => [id, ...(text.split(' with tags ')[1]?.trim().split(' ') ?? [])]);
  return tagged === undefined || known.includes(tagged) ? images : [];
}

/** How the post-processors announce a tag. */
export const DOCKER_NOTICES = [/^(==> | {4}).*? \(docker-(tag|import)\): Repository: /];

const IMAGE_MAKERS = ['packer.post-processor.docker-import', 'packer.post-processor.docker-tag'];

function announcedTag(notice: string, target: string): string | undefined {
  for (const start of ['==> ', '    ']) {
    for (const by of ['docker-tag', 'docker-import']) {
      const prefix = `${start}${target} (${by}): Repository: `;
      if (notice.startsWith(prefix)) return notice.slice(prefix.length).trim();
    }
  }
  return undefined;
}
