import type { BakeEnding } from '../ending.ts';
import type { FailureClass } from '../failure.ts';
import type { FewWords } from './few-words.ts';

/** The tags that dashboards for a classic bakery know the end of a bake by. A cancelled bake has no region there. */
export type Completion =
  | { success: 'true'; region: string }
  | { success: 'false'; cause: Cause; region: string }
  | { success: 'false'; cause: 'explicitlyCanceled' };

type Cause = 'jobFailed' | 'failedToUpdateJob' | 'orphanTimedOut';

export function completionOf(ending: BakeEnding, regions: FewWords): Completion {
  switch (ending.state) {
    case 'baked':
      return { success: 'true', region: regions.learn(ending.region) };
    case 'failed':
      return { success: 'false', cause: CAUSE_OF[ending.class], region: regions.learn(ending.region) };
    case 'cancelled':
      return { success: 'false', cause: 'explicitlyCanceled' };
  }
}

/** A classic bakery tells three ways to fail: Packer said so, Packer was stopped at its limit, and nobody was left to ask. */
const CAUSE_OF: Record<FailureClass, Cause> = {
  template: 'jobFailed',
  provisioner: 'jobFailed',
  package: 'jobFailed',
  auth: 'jobFailed',
  quota: 'jobFailed',
  capacity: 'jobFailed',
  throttled: 'jobFailed',
  network: 'jobFailed',
  connect: 'jobFailed',
  timeout: 'failedToUpdateJob',
  'name-conflict': 'jobFailed',
  toolchain: 'jobFailed',
  host: 'jobFailed',
  unknown: 'jobFailed',
  'no-image': 'jobFailed',
  disagreement: 'jobFailed',
  'worker-lost': 'orphanTimedOut',
};
