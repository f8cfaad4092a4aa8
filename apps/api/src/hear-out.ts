import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './parts.ts';

/** Whoever sends more, or sends it slower, is cut off. */
const MOST_BYTES = 64 * 1024 * 1024;
const WITHIN_MS = 5_000;

/** A caller that still sends does not read: without this it would see its connection cut, and not that its body is too large. */
export function hearOutBeforeRefusing(api: Api): void {
  api.addHook('onSend', async ({ raw }, reply, payload) => {
    if (reply.statusCode === 413) await hearOut(raw);
    return payload;
  });
}

async function hearOut(body: IncomingMessage): Promise<void> {
  if (body.readableEnded || body.destroyed) return;
  const heard = new AbortController();
  const { signal } = heard;
  let bytes = 0;
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) heard.abort();
  });
  const ends = ['end', 'close', 'error'].map((event) => once(body, event, { signal }));
  await Promise.race([...ends, sleep(WITHIN_MS, undefined, { signal })]).catch(() => undefined);
  heard.abort();
  await Promise.allSettled(ends);
  body.removeAllListeners('data');
}
