import { credentialsIn, hideCredentials, looksSecret } from '@bakehouse/bake';
import type { Difference } from './difference.ts';

/** The secrets of a request's body: what is said under names that look secret, at any depth, or that our plan holds confidential, and in addresses. */
export function secretsIn(body: unknown, confidential: readonly string[] = []): string[] {
  const found: string[] = [];
  const open: Member[] = [{ name: '', value: body, within: false }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { name, value } = next;
    const within = next.within || confidential.includes(name) || isSecretName(name, value);
    if (value === null || typeof value !== 'object') found.push(...secretsOf(value, within));
    else for (const member of membersIn(value, within)) open.push(member);
  }
  // Shorter ones stand in any text by chance.
  return [...new Set(found)].filter((word) => word.length > 2).sort((one, other) => other.length - one.length);
}

function secretsOf(value: unknown, within: boolean): string[] {
  if (within && typeof value !== 'boolean') return [String(value)];
  return typeof value === 'string' ? credentialsIn(value) : [];
}

const membersIn = (value: object, within: boolean): Member[] =>
  Object.entries(value).map(([key, each]) => ({ name: Array.isArray(value) ? '' : key, value: each, within }));

interface Member {
  name: string;
  value: unknown;
  /** Something that it is in has a name that looks secret. */
  within: boolean;
}

/** What holds others is judged as if it held a long text. */
const isSecretName = (name: string, value: unknown): boolean =>
  looksSecret(name, typeof value === 'string' || typeof value === 'number' ? value : 'x'.repeat(64));

/** A text that may be shown: no secret of the request is in it, and no password of an address. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const open = secrets.reduce(
    (so, secret) => spellings(secret).reduce((now, word) => now.replaceAll(word, '******'), so),
    text,
  );
  return hideCredentials(open);
}

export const showable = (difference: Difference, secrets: readonly string[]): Difference => ({
  ...difference,
  ...(hidesAll(difference)
    ? { upstream: '******', ours: '******' }
    : {
        upstream: withoutSecrets(difference.upstream, secrets),
        ours: withoutSecrets(difference.ours, secrets),
      }),
});

/** What differs may itself be a member that no report shows. */
const hidesAll = ({ where = '', upstream, ours }: Difference): boolean => {
  const name = where.split('.').at(-1) ?? '';
  return looksSecret(name, upstream) || looksSecret(name, ours);
};

const spellings = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
];
