import type { Artifact } from './artifact.ts';
import { candidatesOf } from './artifacts/candidates.ts';
import { combine } from './artifacts/combine.ts';
import { wasDestroyed } from './artifacts/destroyed.ts';
import { entriesOfRun, unknownFile, unknownId, withoutBlanks } from './artifacts/manifest.ts';
import { diagnose } from './doctor/diagnose.ts';
import type { BakeFailure } from './failure.ts';
import type { BakeOutcome } from './outcome.ts';
import type { PackerBuild, PackerReport } from './packer-report.ts';
import type { Provider } from './provider.ts';
import { providers } from './providers/index.ts';
import type { BakeRecipe } from './recipe.ts';
import { no } from './result.ts';

/**
 * What a run of Packer made, by its own records and its manifest: an exit code of 0 proves nothing. The image in the region that was asked
 * for comes first. Where there is none, the failure's evidence holds what was found, so that it can be cleared away.
 */
export function readArtifacts(report: PackerReport, recipe: BakeRecipe): BakeOutcome {
  const provider = providers[recipe.provider];
  if (!provider)
    throw new Error(
      `recipe of provider '${recipe.provider}', which this version does not know: deploy api and workers alike`,
    );

  if (report.exitCode !== 0 || report.errorCount > 0 || report.errors.length > 0) return no(diagnose(report));
  const entries = entriesOfRun(report);
  const builds = withoutBlanks(report.builds, entries);
  const found = builds.flatMap(({ target, records }) =>
    records.map((each) => `${target}: ${each.builderId} ${each.id} ${each.files.join(' ')}`.trim()),
  );

  if (builds.some(({ cut }) => cut)) return no(disagreement('the records of Packer end in the middle', found));
  if (!report.saidFinished) return no(cutShort(found));
  const stranger = unknownId(builds, entries) ?? (provider.imagesAreFiles ? unknownFile(builds, entries) : undefined);
  if (stranger !== undefined)
    return no(disagreement(`the manifest names ${stranger}, which is in no record of Packer`, found));

  const images = builds.map((build) => imagesOf(build, provider, { report, recipe }));
  if (images.flat().length === 0) return no(noImage('Packer ended well and left no image', found));
  const combined = combine(images, recipe.region, { elsewhereWillDo: !provider.imagesAreRegional });
  if (combined.ok) return combined;
  return no(
    combined.no.reason === 'two-for-one-place'
      ? disagreement(`two builds made different images for ${combined.no.location}`, found)
      : noImage(`Packer made no image in ${recipe.region}`, found),
  );
}

function imagesOf(
  build: PackerBuild,
  provider: Provider,
  { report, recipe }: { report: PackerReport; recipe: BakeRecipe },
): readonly Artifact[] {
  const candidates = candidatesOf(build, provider, recipe);
  const result = candidates.at(-1);
  if (!result || wasDestroyed(build, result.record, report.notices)) return [];
  if (!provider.survivors) return result.images;
  const records = candidates.map(({ record }) => record);
  return provider.survivors(result.images, { target: build.target, candidates: records, notices: report.notices });
}

const noImage = (message: string, evidence: string[]): BakeFailure => ({
  class: 'no-image',
  message,
  evidence,
  next: 'see that the template ends with the image: nothing behind it may do away with what it got, and the builder must be of this provider',
  leftovers: false,
});

const disagreement = (message: string, evidence: string[]): BakeFailure => ({
  class: 'disagreement',
  message,
  evidence,
  next: 'look which of the images named here exist, clear away what is not wanted, and let the template make one image per place',
  leftovers: true,
});

const cutShort = (evidence: string[]): BakeFailure => ({
  class: 'host',
  message: 'Packer was killed before it had finished, and its exit code does not show it',
  evidence,
  next: 'look at the memory of the worker and at what stops programs there; then bake again',
  leftovers: true,
});
