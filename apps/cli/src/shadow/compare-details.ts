import { providers } from '@bakehouse/bake';
import { type Answer, isMembers, type Members, membersOf } from './answer.ts';
import { type Difference, type DifferenceKind, shown } from './difference.ts';
import { isSameName } from './same-name.ts';
import type { SeenBake } from './seen-bakes.ts';

/** What upstream's bake made beside what our plan of the same request would have made. `region` is the path's. */
export function compareDetails(upstream: Answer, bake: SeenBake, region: string): Difference[] {
  const regional = providers[bake.recipe.provider]?.copiesByRegion === true;
  const isThere = !regional || regionsOf(bake).includes(region);
  if (upstream.status !== 200)
    return [
      {
        kind: 'status',
        upstream: String(upstream.status),
        ...(isThere ? { ours: '200' } : { ours: '400', meant: 'D9' }),
      },
    ];
  const details = membersOf(upstream.text);
  const artifact = isMembers(details['artifact']) ? details['artifact'] : {};
  if (isNothing(details['ami']) && isNothing(details['image_name']))
    return [{ kind: 'artifact', upstream: 'an image without id and name', ours: 'a failed bake', meant: 'D10' }];
  return [
    ...compareNames(details, artifact, bake),
    ...compareArtifact(details, artifact, bake),
    ...compareRegions(details, artifact, { bake, region, regional }),
    ...(regional ? [] : compareBuild(artifact, bake)),
  ];
}

function compareNames(details: Members, artifact: Members, bake: SeenBake): Difference[] {
  const { imageName } = bake.recipe;
  const said = artifact['name'];
  const name = typeof said === 'string' && isSameName(said, imageName, bake.naming);
  const wrong = name ? [] : [different('image-name', 'artifact.name', { upstream: said, ours: imageName })];
  const stored = details['image_name'];
  const differs = different('image-name', 'image_name', { upstream: stored, ours: imageName });
  if (isNothing(stored)) return [...wrong, { ...differs, meant: 'D3' }];
  return typeof stored === 'string' && isStoredName(stored, bake) ? wrong : [...wrong, differs];
}

/** Some clouds have a name of their own for an image, and some put a registry before the name and a tag behind it. */
function isStoredName(stored: string, { recipe, ownNames, naming }: SeenBake): boolean {
  const bare = stored.replace(/:[^/:]*$/, '');
  const { length } = recipe.imageName;
  const last = bare.at(-length - 1) === '/' ? bare.slice(-length) : bare;
  return [recipe.imageName, ...ownNames].some((name) =>
    [stored, last].some((candidate) => isSameName(candidate, name, naming)),
  );
}

function compareArtifact(details: Members, artifact: Members, bake: SeenBake): Difference[] {
  const address = isNothing(details['ami']) ? details['image_name'] : details['ami'];
  // The address of a gce image has its name at the end.
  const reference = artifact['reference'];
  const refers = reference === address || (typeof reference === 'string' && reference.endsWith(`/images/${address}`));
  const pairs = [
    ['id', details['id'], bake.id],
    ['artifact.type', artifact['type'], `${bake.recipe.provider}/image`],
    ['artifact.uuid', artifact['uuid'], bake.id],
    ['artifact.reference', reference, refers ? reference : address],
  ] as const;
  return pairs.flatMap(([where, upstream, ours]) =>
    upstream === ours ? [] : [different('artifact', where, { upstream, ours })],
  );
}

function compareRegions(
  details: Members,
  artifact: Members,
  { bake, region, regional }: { bake: SeenBake; region: string; regional: boolean },
): Difference[] {
  const location = regional ? region : bake.recipe.region;
  const wrong =
    artifact['location'] === location
      ? []
      : [different('region', 'artifact.location', { upstream: artifact['location'], ours: location })];
  const ours = regional ? regionsOf(bake).join(', ') : null;
  const stored = details['regions'] ?? null;
  const upstream = Array.isArray(stored) ? [...new Set(stored.map(String))].sort().join(', ') : stored;
  return upstream === ours ? wrong : [...wrong, different('region', 'regions', { upstream, ours })];
}

/** Of one of several copies nobody says which build it comes from. */
function compareBuild(artifact: Members, { build }: SeenBake): Difference[] {
  const metadata = isMembers(artifact['metadata']) ? artifact['metadata'] : {};
  return (['build_info_url', 'build_number'] as const).flatMap((name) => {
    const upstream = metadata[name];
    return (isNothing(upstream) && isNothing(build[name])) || upstream === build[name]
      ? []
      : [different('artifact', `artifact.metadata.${name}`, { upstream, ours: build[name] })];
  });
}

const regionsOf = ({ recipe, copiedTo }: SeenBake): string[] => [...new Set([recipe.region, ...copiedTo])].sort();

const different = (
  kind: DifferenceKind,
  where: string,
  { upstream, ours }: { upstream: unknown; ours: unknown },
): Difference => ({
  kind,
  where,
  upstream: shown(upstream ?? null),
  ours: shown(ours ?? null),
});

/** A scraper that found nothing says null, or an empty text. */
const isNothing = (value: unknown): boolean => value === null || value === undefined || value === '';
