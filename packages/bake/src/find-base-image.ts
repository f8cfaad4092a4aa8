import type { PackageType } from './os-package/package-type.ts';
import type { Refusal } from './refusal.ts';
import type { BakeRequest } from './request.ts';
import { no, type Result, yes } from './result.ts';
import type { BaseImageSettings } from './settings/base-image.ts';

/** Entries of the settings, each about one base image. */
type Entry = { baseImage: BaseImageSettings };

/** The first base image of that id. */
export function findBaseImage<T extends Entry>(
  { base: asked }: BakeRequest,
  { provider, entries }: { provider: string; entries: readonly T[] },
): Result<T, Refusal> {
  const found = entries.find(({ baseImage }) => baseImage.id === asked);
  if (found) return yes(found);
  return no({ code: 'unknown-base-image', provider, asked, offered: entries.map(({ baseImage }) => baseImage.id) });
}

/** The same, with what its settings say to start from: an entry without is as unknown as none, and hides those of its id behind it. */
export function findSourced<Source>(
  request: BakeRequest,
  { provider, entries }: { provider: string; entries: readonly (Entry & { virtualizationSettings?: Source })[] },
): Result<Entry & { source: NonNullable<Source> }, Refusal> {
  const ids = entries.map(({ baseImage }) => baseImage.id);
  const firsts = entries.filter(({ baseImage }, index) => ids.indexOf(baseImage.id) === index);
  const sourced = firsts.flatMap(({ baseImage, virtualizationSettings: source }) =>
    source ? [{ baseImage, source }] : [],
  );
  return findBaseImage(request, { provider, entries: sourced });
}

/** What a base image needs to be baked on: a package type, and a template of the request's, its own or the provider's. */
export function readyToBake(
  { template: asked }: BakeRequest,
  {
    provider,
    baseImage,
    templateFile,
  }: { provider: string; baseImage: BaseImageSettings; templateFile: string | undefined },
): Result<{ template: string; packageType: PackageType }, Refusal> {
  const { id, packageType } = baseImage;
  const template = asked || baseImage.templateFile || templateFile;
  const refuse = (rule: string) => no({ code: 'unready-base-image' as const, provider, asked: id, rule });
  if (!packageType) return refuse('it has no packageType in the settings; an operator writes deb, rpm or nupkg there');
  if (!template) {
    return refuse(
      'it has no templateFile in the settings, nor has the provider; name a template in the request, or an operator names one there',
    );
  }
  return yes({ template, packageType });
}
