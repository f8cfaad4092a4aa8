/**
 * Splits as the package grammars were defined: empty parts at the end do not count, those before do. A text of separators alone has no
 * parts, the empty text has one.
 */
export function splitWithoutTail(text: string, separator: string): string[] {
  if (text === '') return [''];
  const parts = text.split(separator);
  const last = parts.findLastIndex((part) => part !== '');
  return parts.slice(0, last + 1);
}
