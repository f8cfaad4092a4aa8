import { type Difference, shown } from './difference.ts';

/**
 * Two texts of one error. Ours begins with the classic text and goes on with what to do, so theirs has to be how ours begins; a full stop
 * more or less is none. `null` is an empty body.
 */
export function compareMessages(upstream: string | null, ours: string | null): Difference[] {
  if (upstream === ours) return [];
  if (upstream !== null && ours !== null && begins(ours, upstream)) return [];
  const difference = { kind: 'message', upstream: told(upstream), ours: told(ours) } as const;
  return [isUnfilled(upstream, ours) ? { ...difference, meant: 'D20' } : difference];
}

const begins = (ours: string, upstream: string): boolean =>
  upstream !== '' && ours.startsWith(upstream.replace(/\.$/, ''));

/** The classic oracle prints the name of a variable of its source where ours prints the value. */
function isUnfilled(upstream: string | null, ours: string | null): boolean {
  if (upstream === null || ours === null || !PLACEHOLDER.test(upstream)) return false;
  const parts = upstream.replace(/\.$/, '').split(PLACEHOLDER).map(literal);
  return new RegExp(`^${parts.join('.*')}`, 's').test(ours);
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const PLACEHOLDER = /\$bakeRequest\.\w+/;

const told = (message: string | null): string => {
  if (message === null) return 'an empty body';
  return message === '' ? 'a body without a message' : shown(message);
};
