import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { no, type Result, yes } from '@bakehouse/bake';
import type { Line } from './line.ts';

/** Where the lines go, one JSON document each. */
export interface Report {
  write(line: Line): void;
  /** Lines that the disk would not take. */
  lost(): number;
  close(): Promise<void>;
}

/** Lines that wait for a slow disk, in bytes. */
const MOST_WAITING = 4 * 1024 * 1024;

/** Appends to the file, which only its owner may read; a "no" says why it cannot be opened. A disk that fails later costs lines and nothing else. */
export async function openReport(file: string): Promise<Result<Report, string>> {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (cause) {
    return no(cause instanceof Error ? cause.message : String(cause));
  }
  let lost = 0;
  let broken = false;
  stream.on('error', () => {
    broken = true;
  });
  return yes({
    write(line) {
      if (broken || stream.writableLength > MOST_WAITING) lost += 1;
      else stream.write(`${JSON.stringify(line)}\n`);
    },
    lost: () => lost,
    async close() {
      if (broken) return;
      stream.end();
      await finished(stream).catch(() => {});
    },
  });
}

/** For who wants the summary alone. */
export const noReport: Report = { write: () => {}, lost: () => 0, close: async () => {} };
