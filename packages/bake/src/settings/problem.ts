/** A line of a settings file. */
export interface Spot {
  file: string;
  line: number;
}

/** What is wrong with one setting, or odd about it, and where it stands. */
export interface SettingsProblem {
  /** Absent for a setting that no file has. */
  spot: Spot | undefined;
  /** Dotted, e.g. `docker.bakeryDefaults.baseImages.0.baseImage.id`; empty for a whole file. */
  path: string;
  message: string;
}

/** `bakehouse.yml:12: docker.enabled: …`, ready for a person to read. */
export function explainSettingsProblem({ spot, path, message }: SettingsProblem): string {
  const where = spot ? `${spot.file}:${spot.line}: ` : '';
  return `${where}${path === '' ? '' : `${path}: `}${message}`;
}
