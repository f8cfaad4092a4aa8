import type { PackageType } from './os-package/package-type.ts';

/** An operating system a provider offers to bake on, as callers see it. Never a source image id, a user or a credential. */
export interface BaseImage {
  id: string;
  shortDescription: string | null;
  detailedDescription: string | null;
  packageType: PackageType;
  templateFile: string | null;
  osType: 'linux' | 'windows';
  customRepository: string | null;
}
