import { z } from 'zod';
import { findAccount } from '../../account.ts';
import { findSourced, readyToBake } from '../../find-base-image.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { no, type Result, yes } from '../../result.ts';
import type { Variables } from '../../variable.ts';
import { type GceAccount, type GceDefaults, type GceSettings, gceDefaults } from './settings.ts';

/** gce has no options of its own. */
const GceOptions = z.strictObject({});

/** An image is everywhere in its project: the region that is asked for changes nothing. */
export function chooseGce(request: BakeRequest, settings: GceSettings): Result<Choice, Refusal> {
  const options = readOptions(GceOptions, request);
  if (!options.ok) return options;

  const defaults = gceDefaults(settings);
  const base = findSourced(request, { provider: 'gce', entries: defaults.baseImages });
  if (!base.ok) return base;
  const { baseImage, source } = base.value;
  const ready = readyToBake(request, { provider: 'gce', baseImage, templateFile: defaults.templateFile });
  if (!ready.ok) return ready;
  const account = findGceAccount(request, settings);
  if (!account.ok) return account;

  const image = request.sourceImage || source.sourceImage;
  const family = source.sourceImageFamily;
  if (!image && !family) return no(noSourceImage(baseImage.id));
  return yes({
    ...ready.value,
    sourceImage: image || `family/${family}`,
    variables: {
      ...(image ? { gce_source_image: image } : { gce_source_image_family: family ?? null }),
      ...placeOf(defaults, account.value),
    },
    secrets: {},
    distinct: [],
  });
}

export const findGceAccount = (request: BakeRequest, { accounts }: GceSettings): Result<GceAccount, Refusal> =>
  findAccount(request, { provider: 'gce', accounts });

const placeOf = (defaults: GceDefaults, { project, jsonPath }: GceAccount): Variables => ({
  gce_project_id: project ?? null,
  gce_account_file: jsonPath ?? null,
  gce_zone: defaults.zone ?? null,
  gce_network: defaults.network ?? null,
  gce_network_project_id: defaults.networkProjectId ?? null,
  gce_subnetwork: defaults.subnetwork ?? null,
  gce_use_internal_ip: defaults.useInternalIp ?? null,
});

const noSourceImage = (base: string): Refusal => ({
  code: 'no-source-image',
  provider: 'gce',
  base,
  because:
    'it has neither sourceImage nor sourceImageFamily in the settings; name a sourceImage, or an operator writes one there',
});
