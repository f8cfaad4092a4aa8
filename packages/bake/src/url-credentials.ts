import { wordsIn } from './confidential.ts';
import type { Value } from './variable.ts';

/** Stands for what nobody shall read. */
export const HIDDEN = '******';

/** A text without the passwords of its addresses, and without what stands alone before their `@`: to the web that is a token. */
export const withoutCredentials = (text: string): string =>
  CREDENTIALS.reduce((shown, credential) => shown.replaceAll(credential, `$1${HIDDEN}@`), text);

/** What is shown to callers, with no credentials in any text of it, however deep. */
export function hideCredentials<Shown>(shown: Shown): Shown {
  // Text stays text and all else as it is, so that the type does too.
  return hidden(shown) as Shown;
}

/** The passwords and tokens in the addresses of a value, as they are written there and as a server is told them. A short name before `@` is no token. */
export const credentialsIn = (value: Value): string[] =>
  wordsIn(value).flatMap((text) => [
    ...found(text, PASSWORD),
    ...found(text, TOKEN).filter(({ length }) => length >= SHORTEST_TOKEN),
  ]);

const PASSWORD = /(:\/\/[^/\s:@]*:)([^/\s]*)@/g;
const TOKEN = /(https?:\/\/)([^/\s:@?#]+)@/gi;
const CREDENTIALS = [PASSWORD, TOKEN];

const SHORTEST_TOKEN = 8;

const found = (text: string, credential: RegExp): string[] =>
  [...text.matchAll(credential)].flatMap(([, , secret = '']) => [secret, decoded(secret)]);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hidden(shown: unknown): unknown {
  if (typeof shown === 'string') return withoutCredentials(shown);
  if (Array.isArray(shown)) return shown.map(hidden);
  if (shown === null || typeof shown !== 'object') return shown;
  return Object.fromEntries(Object.entries(shown).map(([name, inner]) => [name, hidden(inner)]));
}
