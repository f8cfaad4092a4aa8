// Waits here for its provider's folder.
import type { OsPackage } from './os-package/os-package.ts';
import type { Refusal } from './refusal.ts';
import { no, type Result, yes } from './result.ts';

/** What names an azure image. `null` is a member that the caller did not send; an empty one stands in its place and then vanishes. */
export interface AzureName {
  baseName: string | null;
  baseLabel: string | null;
  base: string | null;
  osType: string | null;
  first: OsPackage | undefined;
}

/** `base name-arch-label-system`, whatever of it is not blank. */
export function azureImageName(
  { baseName, baseLabel, base, osType, first }: AzureName,
  now: Date,
): Result<string, Refusal> {
  const system = base ?? osType;
  if (system === null) return no(NO_SYSTEM);
  const parts = [baseName ?? first?.name ?? '', first?.arch ?? 'all', baseLabel ?? String(now.getTime()), system];
  return yes(parts.filter((part) => !isBlank(part)).join('-'));
}

/** The name as azure takes it: other characters go, so do hyphens and dots at the end, and what is left is cut at 75. */
export function managedImageName(
  imageName: string,
  { buildNumber, baseName, now }: { buildNumber: string | null; baseName: string | null; now: Date },
): string {
  const name = buildNumber && baseName ? `${buildNumber}-${baseName}` : imageName || String(now.getTime());
  return name
    .replaceAll(/[^\w.-]/g, '')
    .replace(/[-.]+$/, '')
    .slice(0, 75);
}

/** A no-break space is no blank. */
const isBlank = (text: string): boolean => /^[^\S\u00a0\u2007\u202f\ufeff]*$/.test(text);

const NO_SYSTEM: Refusal = {
  code: 'malformed-request',
  issues: [
    { path: 'base', message: 'is missing, and so is osType; azure needs one of them for the name of the image' },
  ],
};
