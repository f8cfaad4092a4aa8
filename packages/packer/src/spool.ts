import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where Packer's output goes: a file, which never stops taking, whoever reads it or has died. */
export interface Spool {
  /** For the child's stdout and stderr. */
  readonly fd: number;
  /** Bytes written so far. */
  size(): Promise<number>;
  /** The bytes as they come, up to all that was there when `ended` fired. A chunk is valid until the next one is asked for. */
  read(ended: AbortSignal): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

const POLL_MS = { shortest: 10, longest: 80 };
const CHUNK_BYTES = 64 * 1024;

export async function openSpool(file: string): Promise<Spool> {
  // Appending: two writers share this file, and neither may write over the other.
  const writing = await open(file, 'ax', 0o600);
  const reading = await open(file, 'r').catch(async (error) => {
    await writing.close();
    throw error;
  });
  return {
    fd: writing.fd,
    size: async () => (await reading.stat()).size,
    read: (ended) => follow(reading, ended),
    close: async () => {
      await Promise.all([writing.close(), reading.close()]);
    },
  };
}

async function* follow(file: FileHandle, ended: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = 0;
  let pauseMs = POLL_MS.shortest;
  for (;;) {
    // Looked at before the read, so that what was written before the end is read after it.
    const isLast = ended.aborted;
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead > 0) {
      position += bytesRead;
      pauseMs = POLL_MS.shortest;
      yield buffer.subarray(0, bytesRead);
    } else if (isLast) {
      return;
    } else {
      await sleep(pauseMs, undefined, { signal: ended }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, POLL_MS.longest);
    }
  }
}
