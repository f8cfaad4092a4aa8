import type { Readable } from 'node:stream';

/** A body that went by: its bytes, or why there are none. */
export type Body = Buffer | 'too-large' | 'no-room';

/** Bytes that all copies together may hold. */
export interface Room {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function openRoom(bytes: number): Room {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    give(back) {
      left += back;
    },
  };
}

/** What is kept of a body while it goes by. `release` when it has been looked at. */
export interface Copy {
  body(): Body;
  release(): void;
}

/** Copies what a stream says to whoever else reads it, as far as there is room; it never holds the stream up. */
export function copyOf(stream: Readable, { limit, room }: { limit: number; room: Room }): Copy {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let lost: 'too-large' | 'no-room' | undefined;
  const keep = (chunk: Buffer) => {
    if (bytes + chunk.length > limit) return lose('too-large');
    if (!room.take(chunk.length)) return lose('no-room');
    bytes += chunk.length;
    chunks.push(chunk);
  };
  const release = () => {
    stream.off('data', keep);
    room.give(bytes);
    bytes = 0;
    chunks = [];
  };
  const lose = (why: 'too-large' | 'no-room') => {
    release();
    lost = why;
  };
  stream.on('data', keep);
  return { body: () => lost ?? Buffer.concat(chunks), release };
}
