/** One artifact record of Packer, unescaped: what a builder or a post-processor handed on. */
export interface PackerRecord {
  builderId: string;
  id: string;
  /** Packer's sentence about it; several lines with some builders. */
  text: string;
  files: readonly string[];
}

/** All that Packer recorded under one build's name (its `target`). */
export interface PackerBuild {
  target: string;
  /** What `artifact-count` said; `null` when that line never came. */
  announced: number | null;
  /** In printed order, repeats included. A record that said `nil` is not here. */
  records: readonly PackerRecord[];
  /** Records that began, or were announced, and have no `end`: the output was cut. */
  cut: boolean;
}

/** One entry of the file that the manifest post-processor writes. */
export interface ManifestEntry {
  name: string;
  builderType: string;
  artifactId: string;
  files: readonly string[];
  runUuid: string;
}

/** What a run of Packer left behind: the two witnesses that say what exists now, and how it ended. */
export interface PackerReport {
  /** `null` after a signal. */
  exitCode: number | null;
  /** Packer said "Builds finished": without it an exit code of 0 proves nothing. */
  saidFinished: boolean;
  builds: readonly PackerBuild[];
  /** `error` records: failures while building, by build. */
  errors: readonly { build: string; message: string }[];
  /** What `error-count` said; 0 when that line never came. */
  errorCount: number;
  /** Of all that Packer said to people, the lines from which `wasDestroyed` and a provider's `survivors` read; bounded by the reader. */
  notices: readonly string[];
  /** The last lines Packer or a script printed as errors, for the reader of a failure; bounded. */
  lastErrors: readonly string[];
  manifest: { entries: readonly ManifestEntry[]; lastRunUuid: string } | 'absent' | 'unreadable';
}
