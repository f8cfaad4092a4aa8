import { z } from 'zod';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { no, type Result, yes } from '../../result.ts';
import type { LocalSettings } from './settings.ts';

/** Any region is taken: the image is made on the worker's own disk. */
export function chooseLocal(request: BakeRequest, { bakeryDefaults }: LocalSettings): Result<Choice, Refusal> {
  const options = readOptions(z.strictObject({}), request);
  if (!options.ok) return options;

  const { baseImages, templateFile, secretVariables } = bakeryDefaults;
  const base = baseImages.find(({ baseImage }) => baseImage.id === request.base);
  if (!base) {
    const offered = baseImages.map(({ baseImage }) => baseImage.id);
    return no({ code: 'unknown-base-image', provider: 'local', asked: request.base, offered });
  }
  const sourceImage = request.sourceImage ?? base.virtualizationSettings.sourceImage;
  return yes({
    sourceImage,
    template: request.template ?? base.baseImage.templateFile ?? templateFile,
    packageType: base.baseImage.packageType,
    variables: { local_suite: sourceImage, local_mirror: base.virtualizationSettings.mirror ?? null },
    secrets: secretVariables,
    distinct: [],
  });
}
