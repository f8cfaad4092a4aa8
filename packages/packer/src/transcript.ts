import { COMMA, type PackerEvent, unescapeText } from './event.ts';
import type { RawLine } from './lines.ts';
import type { Redactor } from './redact.ts';

/** The longest line that people get to see, in characters before unescaping. */
export const LONGEST_LINE = 64 * 1024;

/** What people read of one line of output: nothing for records, one or more lines of text otherwise, redacted, cut lines marked. */
export function transcribe(event: PackerEvent, raw: RawLine, { redact }: Redactor): string[] {
  if (event.kind !== 'ui' && event.kind !== 'stray') return [];
  const cut = cutOf(raw);
  const length = cut && (event.kind === 'ui' ? unescapedLength(raw.text, cut.at) : cut.at);
  const shown = redact(event.text, length);
  const lines = shown.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (cut) lines.push(`${lines.pop() ?? ''}… [${cut.bytes} more bytes cut]`);
  return lines;
}

function cutOf({ text, bytes }: RawLine): { at: number; bytes: number } | undefined {
  if (bytes <= LONGEST_LINE) return undefined;
  // Not within an escaped comma, or half of its escape would be shown.
  const comma = text.lastIndexOf(COMMA, LONGEST_LINE - 1);
  const at = comma >= 0 && comma + COMMA.length > LONGEST_LINE ? comma : LONGEST_LINE;
  return { at, bytes: bytes - Buffer.byteLength(text.slice(0, at)) };
}

/** How long the text is that `raw` up to `at` stands for, without the fields before it. */
function unescapedLength(raw: string, at: number): number {
  const start = raw.split(',', 4).join(',').length + 1;
  return unescapeText(raw.slice(start, at)).length;
}
