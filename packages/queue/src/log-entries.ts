import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { LogPiece } from './log-page.ts';

/** A run of lines without a gap: the number of the first, then the lines. */
export const Stretch = z.object({ first: z.number().int(), lines: z.array(z.string()) });
export type Stretch = z.infer<typeof Stretch>;

/** Reads stream entries, whose ids are the numbers of their last lines. */
export function stretchesOf(entries: readonly [id: string, fields: string[]][]): Stretch[] {
  return entries.map(([id, fields]) => {
    const lines = (fields[1] ?? '').split('\n');
    return { first: Number.parseInt(id, 10) - lines.length + 1, lines };
  });
}

/** The lines after a number, and what is missing between them. */
export function piecesAfter(cursor: number, stretches: readonly Stretch[]): { pieces: LogPiece[]; cursor: number } {
  const pieces: LogPiece[] = [];
  let reached = cursor;
  for (const { first, lines } of stretches) {
    if (first > reached + 1) pieces.push({ gap: { from: reached + 1, to: first - 1 } });
    for (const [at, text] of lines.entries())
      if (first + at > reached) pieces.push({ line: { number: first + at, text } });
    reached = Math.max(reached, first + lines.length - 1);
  }
  return { pieces, cursor: reached };
}

/** The last so many lines, with the gaps between them. */
export function lastLines(pieces: readonly LogPiece[], wanted: number): LogPiece[] {
  let lines = 0;
  let start = pieces.length;
  while (start > 0 && lines < wanted) {
    start -= 1;
    const piece = pieces[start];
    if (piece && 'line' in piece) lines += 1;
  }
  return pieces.slice(start);
}

/** An ended bake's log as one value. */
export async function pack(stretches: readonly Stretch[]): Promise<Buffer> {
  const merged: Stretch[] = [];
  for (const { first, lines } of stretches) {
    const last = merged.at(-1);
    if (last && last.first + last.lines.length === first) last.lines.push(...lines);
    else merged.push({ first, lines: [...lines] });
  }
  return promisify(gzip)(JSON.stringify(merged));
}

export async function unpack(value: Buffer): Promise<Stretch[]> {
  return z.array(Stretch).parse(JSON.parse((await promisify(gunzip)(value)).toString('utf8')));
}
