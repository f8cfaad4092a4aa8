/** What the shell that called us learns, by meaning. */
export const EXIT = {
  ok: 0,
  bakeFailed: 1,
  refused: 2,
  missing: 3,
  cancelled: 4,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For `--help` and the README. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done; of a bake that was followed: baked',
  bakeFailed: 'the bake that was followed failed',
  refused: 'wrong usage, files or settings that cannot be used, or the api refused the request',
  missing: 'the api cannot be reached or cannot serve, or something that is needed is missing or died',
  cancelled: 'the bake that was followed was cancelled',
  bug: 'a bug in this program',
  interrupted: 'interrupted by Ctrl-C before the end was known',
  terminated: 'stopped by SIGTERM before the end was known',
};

/** The table above as lines of text, smallest code first. */
export function explainExitCodes(): string {
  const rows = Object.entries(EXIT_MEANINGS) as [keyof typeof EXIT, string][];
  return rows.map(([name, meaning]) => `${String(EXIT[name]).padStart(5)}  ${meaning}`).join('\n');
}

/** How a bake's end is told to the shell. */
export const EXIT_OF_END: Readonly<Record<'baked' | 'failed' | 'cancelled', ExitCode>> = {
  baked: EXIT.ok,
  failed: EXIT.bakeFailed,
  cancelled: EXIT.cancelled,
};
