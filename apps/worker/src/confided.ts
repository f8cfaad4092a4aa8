import {
  type BakeFailure,
  no,
  type Result,
  type SealingKey,
  type Unreadable,
  unseal,
  type Variables,
  yes,
} from '@bakehouse/bake';
import type { BakeInHand } from '@bakehouse/queue';

/** What the request of a bake confided, by variable, or the failure that says why this worker cannot read it. Empty for most bakes. */
export function openConfided(
  { id, recipe, confided }: Pick<BakeInHand, 'id' | 'recipe' | 'confided'>,
  key: SealingKey | undefined,
): Result<Variables, BakeFailure> {
  const { confidential = [] } = recipe;
  if (confidential.length === 0) return yes({});
  const opened = confided === undefined ? no('damaged' as const) : unseal(confided, { key, place: id });
  if (!opened.ok) return no(unreadable(opened.no, confidential));
  const lacking = confidential.some((name) => !Object.hasOwn(opened.value, name));
  return lacking ? no(unreadable('damaged', confidential)) : opened;
}

const REASONS: Record<Unreadable, { what: string; next: string }> = {
  'no-key': {
    what: 'this worker has no sealing key',
    next: 'give the worker the api’s key (BAKEHOUSE_SEALING_KEY or BAKEHOUSE_SEALING_KEY_FILE), and ask for the bake again',
  },
  'another-key': {
    what: 'they were sealed with another key than this worker has',
    next: 'give api and workers the same key (BAKEHOUSE_SEALING_KEY or BAKEHOUSE_SEALING_KEY_FILE), and ask for the bake again',
  },
  damaged: {
    what: 'what Redis holds of them is damaged, or was sealed for another bake',
    next: 'see who else writes to this Redis, and ask for the bake again',
  },
};

function unreadable(because: Unreadable, names: readonly string[]): BakeFailure {
  const { what, next } = REASONS[because];
  const message = `the secrets that came with the request cannot be read (${names.join(', ')}): ${what}`;
  return { class: 'auth', message, evidence: [], next, leftovers: false };
}
