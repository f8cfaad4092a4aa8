import { z } from 'zod';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import { findInRegion } from '../../find-in-region.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { type Result, yes } from '../../result.ts';
import type { AlicloudSettings } from './settings.ts';

/** Of entries with the same id the last that has the region says how to bake, and the first says with which template and packages. */
export function chooseAlicloud(request: BakeRequest, { bakeryDefaults }: AlicloudSettings): Result<Choice, Refusal> {
  const options = readOptions(z.strictObject({}), request);
  if (!options.ok) return options;

  const { baseImages, templateFile, alicloudVSwitchId, alicloudVpcId } = bakeryDefaults;
  const entry = findBaseImage(request, { provider: 'alicloud', entries: baseImages });
  if (!entry.ok) return entry;
  const { baseImage } = entry.value;
  const entries = baseImages.filter((each) => each.baseImage.id === baseImage.id);
  const regional = findInRegion(request, { provider: 'alicloud', base: baseImage.id, entries });
  if (!regional.ok) return regional;
  const ready = readyToBake(request, { provider: 'alicloud', baseImage, templateFile });
  if (!ready.ok) return ready;

  const { instanceType, sshUserName } = regional.value;
  const sourceImage = request.sourceImage ?? regional.value.sourceImage ?? '';
  return yes({
    ...ready.value,
    sourceImage,
    variables: {
      alicloud_region: request.region,
      alicloud_instance_type: instanceType ?? null,
      alicloud_source_image: sourceImage,
      alicloud_ssh_username: sshUserName ?? null,
      alicloud_vswitch_id: alicloudVSwitchId ?? null,
      alicloud_vpc_id: alicloudVpcId ?? null,
    },
    secrets: secretsOf(bakeryDefaults),
    // A caller's own `alicloud_region` may hide the region in the variables.
    distinct: [request.region],
  });
}

const secretsOf = ({ alicloudAccessKey, alicloudSecretKey }: AlicloudSettings['bakeryDefaults']): Choice['secrets'] =>
  alicloudAccessKey && alicloudSecretKey
    ? { alicloud_access_key: alicloudAccessKey, alicloud_secret_key: alicloudSecretKey }
    : {};
