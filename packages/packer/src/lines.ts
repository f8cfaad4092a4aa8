/** A line of output: its beginning, and how long it was. */
export interface RawLine {
  /** At most as many bytes as are kept. What is not UTF-8 reads as U+FFFD. */
  text: string;
  /** Of the whole line, without its end. */
  bytes: number;
}

/** Cuts a stream of bytes into lines in bounded memory, however long a line is. */
export interface LineSplitter {
  push(chunk: Buffer): RawLine[];
  /** What came after the last line end, if anything did. */
  end(): RawLine[];
}

export function makeSplitter({ keep }: { keep: number }): LineSplitter {
  let parts: Buffer[] = [];
  let held = 0;
  let bytes = 0;

  const take = (piece: Buffer): void => {
    bytes += piece.length;
    if (held >= keep) return;
    // Copied: the reader fills the same buffer again.
    const kept = Buffer.from(piece.subarray(0, keep - held));
    held += kept.length;
    parts.push(kept);
  };
  const finish = (): RawLine => {
    const text = Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
    const line = { text, bytes };
    parts = [];
    held = 0;
    bytes = 0;
    return line;
  };

  return {
    push(chunk) {
      const lines: RawLine[] = [];
      let from = 0;
      for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
        take(chunk.subarray(from, at));
        lines.push(finish());
        from = at + 1;
      }
      if (from < chunk.length) take(chunk.subarray(from));
      return lines;
    },
    end: () => (bytes === 0 ? [] : [finish()]),
  };
}

const LF = 0x0a;
