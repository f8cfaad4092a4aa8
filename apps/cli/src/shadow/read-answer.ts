import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { no, type Result, yes } from '@bakehouse/bake';
import type { Answer } from './answer.ts';
import type { Body } from './copy.ts';
import type { Unread } from './difference.ts';
import type { Passed } from './proxy.ts';

/** More than this is never inflated: the copy was small, and what is in it may not be. */
const LARGEST = 4 * 1024 * 1024;

const OPEN: Readonly<Record<string, (packed: Buffer) => Promise<Buffer>>> = {
  identity: async (packed) => packed,
  gzip: (packed) => promisify(gunzip)(packed, { maxOutputLength: LARGEST }),
  deflate: (packed) => promisify(inflate)(packed, { maxOutputLength: LARGEST }),
  br: (packed) => promisify(brotliDecompress)(packed, { maxOutputLength: LARGEST }),
};

/** The answer that went by, as text, whatever it was packed in. */
export async function readAnswer({ status, answered, encoding = 'identity' }: Passed): Promise<Result<Answer, Unread>> {
  const bytes = bytesOf(answered);
  if (!bytes.ok) return bytes;
  try {
    const opened = await OPEN[encoding.trim().toLowerCase()]?.(bytes.value);
    return opened ? yes({ status, text: opened.toString('utf8') }) : no('unreadable-body');
  } catch {
    return no('unreadable-body');
  }
}

export function bytesOf(body: Body): Result<Buffer, Unread> {
  if (typeof body !== 'string') return yes(body);
  return no(body === 'too-large' ? 'too-large' : 'too-much-at-once');
}
