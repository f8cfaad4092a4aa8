import { z } from 'zod';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import { findInRegion } from '../../find-in-region.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { no, type Result, yes } from '../../result.ts';
import type { TencentcloudSettings, TencentcloudVirtualization } from './settings.ts';

/** Of entries with the same id only the first is looked at. */
export function chooseTencentcloud(
  request: BakeRequest,
  { bakeryDefaults }: TencentcloudSettings,
): Result<Choice, Refusal> {
  const options = readOptions(z.strictObject({}), request);
  if (!options.ok) return options;

  const { baseImages, templateFile, subnetId, vpcId, associatePublicIpAddress } = bakeryDefaults;
  const entry = findBaseImage(request, { provider: 'tencentcloud', entries: baseImages });
  if (!entry.ok) return entry;
  const { baseImage, virtualizationSettings } = entry.value;
  if (isRegionless(virtualizationSettings, request.region)) {
    return no({ code: 'unready-base-image', provider: 'tencentcloud', asked: baseImage.id, rule: REGIONLESS });
  }
  const regional = findInRegion(request, { provider: 'tencentcloud', base: baseImage.id, entries: [entry.value] });
  if (!regional.ok) return regional;
  const ready = readyToBake(request, { provider: 'tencentcloud', baseImage, templateFile });
  if (!ready.ok) return ready;

  const { zone, instanceType, sshUserName } = regional.value;
  const sourceImage = request.sourceImage ?? regional.value.sourceImageId ?? '';
  return yes({
    ...ready.value,
    sourceImage,
    variables: {
      tencentcloud_region: request.region,
      tencentcloud_zone: zone ?? null,
      tencentcloud_instance_type: instanceType ?? null,
      tencentcloud_source_image_id: sourceImage,
      tencentcloud_ssh_username: unlessBlank(sshUserName),
      tencentcloud_subnet_id: unlessBlank(subnetId),
      tencentcloud_vpc_id: unlessBlank(vpcId),
      tencentcloud_associate_public_ip_address: associatePublicIpAddress?.toString() ?? null,
    },
    secrets: secretsOf(bakeryDefaults),
    // A caller's own `tencentcloud_region` may hide the region in the variables.
    distinct: [request.region],
  });
}

/** Whether settings without a region stand before those that are asked for: which of the two is meant is for the operator to say. */
const isRegionless = (settings: readonly TencentcloudVirtualization[], asked: string): boolean => {
  const first = settings.find(({ region }) => region === undefined || region === asked);
  return first !== undefined && first.region === undefined;
};

const REGIONLESS = 'some of its virtualizationSettings have no region; an operator writes it there';

/** Blanks are nothing here. Elsewhere they stand for an empty value, which is sent. */
const unlessBlank = (text = ''): string | null => (text.trim() === '' ? null : text);

const secretsOf = ({ secretId, secretKey }: TencentcloudSettings['bakeryDefaults']): Choice['secrets'] =>
  secretId && secretKey ? { tencentcloud_secret_id: secretId, tencentcloud_secret_key: secretKey } : {};
