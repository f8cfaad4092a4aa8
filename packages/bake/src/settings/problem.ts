/** Where a setting is written: a line of a file, or a variable of the environment. */
export type Spot = { file: string; line: number } | { environment: string };

/** What is wrong with one setting, or odd about it, and where it stands. */
export interface SettingsProblem {
  /** Absent for a setting that is nowhere. */
  spot: Spot | undefined;
  /** Dotted, e.g. `docker.bakeryDefaults.baseImages.0.baseImage.id`; empty for a whole file. */
  path: string;
  message: string;
}

/** `bakehouse.yml:12: docker.enabled: …`, ready for a person to read. */
export function explainSettingsProblem({ spot, path, message }: SettingsProblem): string {
  const where = spot ? `${explainSpot(spot)}: ` : '';
  return `${where}${path === '' ? '' : `${path}: `}${message}`;
}

/** `bakehouse.yml:12`, or `environment ORACLE_ENABLED`. */
export const explainSpot = (spot: Spot): string =>
  'file' in spot ? `${spot.file}:${spot.line}` : `environment ${spot.environment}`;
