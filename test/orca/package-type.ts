import type { PackageType } from '../../packages/bake/src/os-package/package-type.ts';

/** What a pipeline takes a system's packages for by its name alone, where no bakery is asked. */
export const packageTypeOfSystem = (system: string | null): PackageType =>
  ['centos', 'rhel', 'redhat'].includes((system ?? '').toLowerCase()) ? 'rpm' : 'deb';

/** The same for a bake without a base image. */
export function packageTypeOfCustom({
  osType,
  packageType,
  managedImage,
}: {
  osType: string | null;
  packageType: PackageType | null;
  managedImage: string | null;
}): PackageType {
  if (osType !== 'linux') return 'nupkg';
  return packageType ?? packageTypeOfSystem(managedImage);
}
