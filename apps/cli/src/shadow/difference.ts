/** What two bakeries may disagree about. */
export type DifferenceKind = 'status' | 'message' | 'body' | 'key' | 'image-name' | 'artifact' | 'region' | 'options';

/** One disagreement, told so that a person sees what each side says. */
export interface Difference {
  kind: DifferenceKind;
  /** Which member or thing it is about; absent where the kind says it. */
  where?: string;
  upstream: string;
  ours: string;
  /** The row of the list of deviations that says we mean it. */
  meant?: string;
}

/** Why a call was not compared. */
export type Unread =
  /** Nothing of ours could say what it says. */
  | 'nothing-to-ask'
  | 'unseen-bake'
  | 'no-body'
  | 'unreadable-body'
  | 'too-large'
  | 'too-much-at-once'
  | 'caller-left'
  | 'upstream-away'
  | 'upstream-busy'
  | 'api-away'
  | 'api-foreign'
  | 'bug';

/** What comparing one call came to. */
export interface Verdict {
  /** The status that we would have answered; `null` where we were not asked or could not say. */
  ours: number | null;
  differences: readonly Difference[];
  /** Set where nothing was compared. */
  unread?: Unread;
  /** What no example may show. */
  secrets: readonly string[];
}

export const unread = (why: Unread): Verdict => ({ ours: null, differences: [], unread: why, secrets: [] });

/** A value as an example shows it. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent');
  const [first = ''] = text.split('\n', 1);
  return first.length > LONGEST ? `${first.slice(0, LONGEST)}…` : first;
}

const LONGEST = 300;
