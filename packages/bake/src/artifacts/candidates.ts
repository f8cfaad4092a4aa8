import type { Artifact } from '../artifact.ts';
import type { PackerBuild, PackerRecord } from '../packer-report.ts';
import type { Provider } from '../provider.ts';
import type { BakeRecipe } from '../recipe.ts';
import { hasBlank } from './manifest.ts';

/** A record that speaks of images of this provider. */
export interface Candidate {
  record: PackerRecord;
  images: readonly Artifact[];
}

/**
 * What one build may have made, in printed order: the last one is its result. Post-processors that pass their input on repeat its record,
 * so only the first of equal records counts.
 */
export function candidatesOf(build: PackerBuild, provider: Provider, recipe: BakeRecipe): readonly Candidate[] {
  const records = withoutRepeats(build.records).filter((record) => !hasBlank(record));
  const readBy = (read: Provider['images']) =>
    records.map((record) => ({ record, images: read(record, recipe) })).filter(({ images }) => images.length > 0);
  const candidates = readBy(provider.images);
  return candidates.length > 0 || !provider.secondBest ? candidates : readBy(provider.secondBest);
}

/** Keeps the first of equal records. */
export function withoutRepeats(records: readonly PackerRecord[]): PackerRecord[] {
  const identities = records.map(identity);
  return records.filter((_, index) => identities.indexOf(identities[index] ?? '') === index);
}

const identity = ({ builderId, id, files }: PackerRecord): string => JSON.stringify([builderId, id, files]);
