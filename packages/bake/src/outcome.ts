import type { Artifacts } from './artifact.ts';
import type { BakeFailure } from './failure.ts';
import type { Result } from './result.ts';

/** What a worker hands back: at least one artifact, or the reason there is none. */
export type BakeOutcome = Result<Artifacts, BakeFailure>;
