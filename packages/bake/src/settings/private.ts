/** Stands for what nobody shall read. */
export const HIDDEN = '******';

/** The text of a setting as people may see it: hidden under a telling name, and without the password of a URL. */
export const publicText = (path: string, text: string): string =>
  TELLING.test(path.split('.').at(-1) ?? '') ? HIDDEN : text.replaceAll(PASSWORD_IN_URL, `$1${HIDDEN}@`);

const TELLING = /passw|passphrase|secret|token|credential|private[-_]?key|(access|api)[-_]?key/i;

const PASSWORD_IN_URL = /(:\/\/[^/\s:@]*:)[^/\s]*@/g;
