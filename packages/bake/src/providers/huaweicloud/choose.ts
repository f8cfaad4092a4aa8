import { z } from 'zod';
import { findBaseImage, readyToBake } from '../../find-base-image.ts';
import { findInRegion } from '../../find-in-region.ts';
import { readOptions } from '../../options.ts';
import type { Choice } from '../../order.ts';
import type { Refusal } from '../../refusal.ts';
import type { BakeRequest } from '../../request.ts';
import { type Result, yes } from '../../result.ts';
import type { Variables } from '../../variable.ts';
import type { HuaweicloudSettings } from './settings.ts';

/** Of entries with the same id the last that has the region says how to bake, and the first says with which template and packages. */
export function chooseHuaweicloud(
  request: BakeRequest,
  { bakeryDefaults }: HuaweicloudSettings,
): Result<Choice, Refusal> {
  const options = readOptions(z.strictObject({}), request);
  if (!options.ok) return options;

  const { baseImages, templateFile } = bakeryDefaults;
  const entry = findBaseImage(request, { provider: 'huaweicloud', entries: baseImages });
  if (!entry.ok) return entry;
  const { baseImage } = entry.value;
  const entries = baseImages.filter((each) => each.baseImage.id === baseImage.id);
  const regional = findInRegion(request, { provider: 'huaweicloud', base: baseImage.id, entries });
  if (!regional.ok) return regional;
  const ready = readyToBake(request, { provider: 'huaweicloud', baseImage, templateFile });
  if (!ready.ok) return ready;

  const { eipType, instanceType, sshUserName } = regional.value;
  const sourceImage = request.sourceImage ?? regional.value.sourceImageId ?? '';
  return yes({
    ...ready.value,
    sourceImage,
    variables: {
      huaweicloud_region: request.region,
      huaweicloud_eip_type: eipType ?? null,
      huaweicloud_instance_type: instanceType ?? null,
      huaweicloud_source_image_id: sourceImage,
      huaweicloud_ssh_username: sshUserName ?? null,
      ...houseVariables(bakeryDefaults),
    },
    secrets: secretsOf(bakeryDefaults),
    // A caller's own `huaweicloud_region` may hide the region in the variables.
    distinct: [request.region],
  });
}

function houseVariables(defaults: HuaweicloudSettings['bakeryDefaults']): Variables {
  const { eipBandwidthSize = 0 } = defaults;
  return {
    huaweicloud_auth_url: defaults.authUrl ?? null,
    huaweicloud_project_name: defaults.projectName ?? null,
    huaweicloud_domain_name: defaults.domainName ?? null,
    huaweicloud_insecure: defaults.insecure ?? null,
    huaweicloud_vpc_id: defaults.vpcId ?? null,
    huaweicloud_subnet_id: defaults.subnetId ?? null,
    huaweicloud_security_group: defaults.securityGroup ?? null,
    huaweicloud_eip_bandwidth_size: eipBandwidthSize > 0 ? eipBandwidthSize : null,
  };
}

const secretsOf = ({
  username,
  password,
  accessKey,
  secretKey,
}: HuaweicloudSettings['bakeryDefaults']): Choice['secrets'] => ({
  ...(username && { huaweicloud_username: username }),
  ...(password && { huaweicloud_password: password }),
  ...(accessKey && secretKey && { huaweicloud_access_key: accessKey, huaweicloud_secret_key: secretKey }),
});
