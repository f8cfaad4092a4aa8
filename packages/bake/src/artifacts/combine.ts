import type { Artifact, Artifacts } from '../artifact.ts';
import { no, type Result, yes } from '../result.ts';

/** Why images of several builds are not one answer. */
export type Discord = { reason: 'two-for-one-place'; location: string } | { reason: 'none-where-asked' };

/** Puts the images of all builds together: the one in `region` first, the others by their places. Where `elsewhereWillDo` one build's first image stands for a region that has none. */
export function combine(
  builds: readonly (readonly Artifact[])[],
  region: string,
  { elsewhereWillDo }: { elsewhereWillDo: boolean },
): Result<Artifacts, Discord> {
  const contested = contestedPlace(builds);
  if (contested !== undefined) return no({ reason: 'two-for-one-place', location: contested });

  const images = withoutEquals(builds.flat());
  const isFromOneBuild = builds.filter((each) => each.length > 0).length === 1;
  const primary =
    images.find(({ location }) => location === region) ?? (elsewhereWillDo && isFromOneBuild ? images[0] : undefined);
  if (!primary) return no({ reason: 'none-where-asked' });
  const others = images.filter((image) => image !== primary).sort(byLocation);
  return yes([primary, ...others]);
}

/** A place for which two builds name different images: the order of builds is random, so none of them is the last. */
function contestedPlace(builds: readonly (readonly Artifact[])[]): string | undefined {
  const claimed = new Map<string, string>();
  for (const images of builds) {
    for (const [location, references] of referencesByPlace(images)) {
      const before = claimed.get(location);
      if (before !== undefined && before !== references) return location;
      claimed.set(location, references);
    }
  }
  return undefined;
}

function referencesByPlace(images: readonly Artifact[]): Map<string, string> {
  const places = new Set(images.map(({ location }) => location));
  return new Map([...places].map((place) => [place, JSON.stringify(referencesIn(place, images))]));
}

const referencesIn = (place: string, images: readonly Artifact[]): string[] =>
  images
    .filter(({ location }) => location === place)
    .map(({ reference }) => reference)
    .sort();

function withoutEquals(images: readonly Artifact[]): Artifact[] {
  return images.filter(
    (image, index) =>
      images.findIndex((other) => other.location === image.location && other.reference === image.reference) === index,
  );
}

const byLocation = (one: Artifact, other: Artifact): number => {
  if (one.location === other.location) return 0;
  return one.location < other.location ? -1 : 1;
};
