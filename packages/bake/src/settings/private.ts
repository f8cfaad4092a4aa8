import { HIDDEN, withoutCredentials } from '../url-credentials.ts';

/** The text of a setting as people may see it: hidden under a telling name, and without the credentials of addresses. */
export const publicText = (path: string, text: string): string =>
  TELLING.test(path.split('.').at(-1) ?? '') ? HIDDEN : withoutCredentials(text);

const TELLING = /passw|passphrase|secret|token|credential|private[-_]?key|(access|api)[-_]?key/i;
