import { z } from 'zod';
import type { BakeRequest } from '../../../packages/bake/src/request.ts';

const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

/** Of a classic request, what names packages and images. It is read as it stands: these vectors are about blanks and empty text. */
export const WireNaming = z.object({
  package: Text,
  package_artifacts: z.array(z.object({ name: Text, reference: Text })).nullish(),
  build_number: Text,
  commit_hash: Text,
  job: Text,
  organization: Text,
  ami_name: Text,
  ami_suffix: Text,
  base_os: Text,
  base_name: Text,
  base_label: Text,
  os_type: Text,
  cloud_provider_type: Text,
  base_ami: Text,
  template_file_name: Text,
  var_file_name: Text,
  extended_attributes: z.record(z.string(), z.json()).nullish(),
});
export type WireNaming = z.infer<typeof WireNaming>;

/** A request that was never checked at the door, so that the functions behind it see what the vector says. */
export function toNaming(wire: WireNaming, separator: string | RegExp = ' '): BakeRequest {
  const artifacts = wire.package_artifacts ?? [];
  return {
    provider: wire.cloud_provider_type ?? '',
    region: '',
    base: wire.base_os ?? '',
    packages: (wire.package ?? '').split(separator).filter((word) => word !== ''),
    packageArtifacts: artifacts,
    imageName: wire.ami_name,
    imageSuffix: wire.ami_suffix,
    sourceImage: wire.base_ami,
    template: wire.template_file_name,
    varFile: wire.var_file_name,
    variables: wire.extended_attributes ?? undefined,
    options: wire.organization ? { organization: wire.organization } : {},
    priority: 5,
    ci: { job: wire.job, number: wire.build_number, commit: wire.commit_hash },
  };
}
