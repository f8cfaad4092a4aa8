import { z } from 'zod';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { no, type Result, yes } from '../../result.ts';
import { FILE_NAME, FILE_NAME_RULE } from './name.ts';
import type { LocalSettings } from './settings.ts';

/** Any region is taken: the image is made on the worker's own disk. */
export function chooseLocal(request: BakeRequest, { bakeryDefaults }: LocalSettings): Result<Choice, Refusal> {
  const options = readOptions(z.strictObject({}), request);
  if (!options.ok) return options;

  const { baseImages, templateFile } = bakeryDefaults;
  const base = findBaseImage(request, { provider: 'local', entries: baseImages });
  if (!base.ok) return base;
  const { baseImage, virtualizationSettings } = base.value;
  const ready = readyToBake(request, { provider: 'local', baseImage, templateFile });
  if (!ready.ok) return ready;
  const sourceImage = request.sourceImage ?? virtualizationSettings.sourceImage;
  const refused = refuseWords(request);
  if (refused) return no(refused);
  return yes({
    ...ready.value,
    sourceImage,
    variables: { local_suite: sourceImage, local_mirror: virtualizationSettings.mirror ?? null },
    secrets: {},
    distinct: [],
  });
}

/** What a caller says ends as a word of a command line on the worker, or as the name of a file there. */
function refuseWords({ sourceImage, variables = {} }: BakeRequest): Refusal | undefined {
  const said: [string, unknown, RegExp, string][] = [
    ['sourceImage', sourceImage, SUITE, SUITE_RULE],
    ['variables.local_suite', variables['local_suite'], SUITE, SUITE_RULE],
    [
      'variables.local_mirror',
      variables['local_mirror'],
      /^[a-z]+:\/\/\S+$/,
      'a mirror is one address, e.g. http://mirror.example/debian',
    ],
    ['variables.local_target_image', variables['local_target_image'], FILE_NAME, FILE_NAME_RULE],
  ];
  for (const [field, value, pattern, rule] of said) {
    const asked = value === undefined || value === null ? '' : String(value).trim();
    if (asked !== '' && !pattern.test(asked)) return { code: 'unusable-name', field, asked, rule };
  }
  return undefined;
}

const SUITE = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const SUITE_RULE = 'local bakes on a suite of Debian, e.g. bookworm';
