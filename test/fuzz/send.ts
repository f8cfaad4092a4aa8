import { type Agent, type IncomingMessage, request as open } from 'node:http';
import type { FuzzedRequest } from './requests.ts';

/** What came back: a status, or why there is none. */
export type Outcome = { status: number; ms: number } | { trouble: string };

/** Sends it, reads the whole answer, or the head of one that does not end, and gives up after `withinMs`. */
export function send(
  { method, target, headers, body, chunked }: FuzzedRequest,
  { url, agent, withinMs }: { url: string; agent: Agent; withinMs: number },
): Promise<Outcome> {
  const begun = performance.now();
  const { hostname, port } = new URL(url);
  const call = open({
    hostname,
    port,
    agent,
    method,
    path: target,
    headers: { ...headers, ...framing(body, chunked) },
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    call.on('response', async (answer) => {
      const trouble = await readAll(answer);
      end(trouble ?? { status: answer.statusCode ?? 0, ms: performance.now() - begun });
    });
    call.on('error', (error) => end({ trouble: error.message }));
    for (const piece of piecesOf(body, chunked)) call.write(piece);
    call.end();
  });
}

/** Said for every method: Node's client says it only for those that usually have a body. */
function framing(body: string | undefined, chunked: boolean): Record<string, string> {
  if (body === undefined) return {};
  return chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(Buffer.byteLength(body)) };
}

/** A live log has no end. */
async function readAll(answer: IncomingMessage): Promise<{ trouble: string } | undefined> {
  if (String(answer.headers['content-type']).startsWith('text/event-stream')) {
    answer.on('error', () => undefined).destroy();
    return undefined;
  }
  try {
    for await (const _ of answer);
    return undefined;
  } catch (error) {
    return { trouble: `the answer broke off: ${String(error)}` };
  }
}

function piecesOf(body: string | undefined, chunked: boolean): string[] {
  const pieces = chunked ? [body?.slice(0, 7), body?.slice(7, 5000), body?.slice(5000)] : [body];
  return pieces.flatMap((piece) => piece || []);
}
