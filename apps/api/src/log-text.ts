import type { LogEvent, LogGap, LogPage } from '@bakehouse/queue';

/** A stretch of a log as a text file; lines that were not kept are one line that counts them. */
export function logText({ pieces }: LogPage): string {
  return pieces.map((piece) => `${'line' in piece ? piece.line.text : gapText(piece.gap)}\n`).join('');
}

/**
 * A log as server-sent events: a line is a message with its number for id, lines that were not kept are a `gap` with `{from, to}`, and the last is
 * `end` with `{state}`. Whoever connects again with `Last-Event-ID` goes on behind it.
 */
export async function* logEvents(events: AsyncIterable<LogEvent>): AsyncGenerator<string> {
  // Sent at once, so that the caller has the head of the answer before the first line is said.
  yield 'retry: 1000\n\n';
  for await (const event of events) yield eventText(event);
}

function eventText(event: LogEvent): string {
  if ('end' in event) return `event: end\ndata: ${JSON.stringify({ state: event.end })}\n\n`;
  if ('gap' in event) return `event: gap\nid: ${event.gap.to}\ndata: ${JSON.stringify(event.gap)}\n\n`;
  const { number, text } = event.line;
  // A carriage return, as progress bars print it, would end the field.
  const data = text.split(/\r\n|\r|\n/).map((part) => `data: ${part}\n`);
  return `id: ${number}\n${data.join('')}\n`;
}

const gapText = ({ from, to }: LogGap): string => `[${to - from + 1} lines are left out here: ${from} to ${to}]`;
