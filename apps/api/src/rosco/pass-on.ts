import { request as askOverHttp, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as askOverHttps } from 'node:https';
import { Readable, Transform } from 'node:stream';
import { no, type Result, yes } from '@bakehouse/bake';
import type { FastifyRequest } from 'fastify';

/** The most a body to pass on may have. Manifests travel inside it, as base64. */
export const MOST_MIB = 64;
const MOST_BYTES = MOST_MIB * 1024 * 1024;

/** To be reached is a matter of a moment. */
const CONNECT_WITHIN_MS = 5_000;

/** More than the 120 s after which Orca gives up, so that it is never we who do; a caller that leaves ends the call. */
const ANSWER_WITHIN_MS = 300_000;

class TooLarge extends Error {}

export interface PassingOn {
  /** The base url of the other service; with user and password where it asks for them. */
  to: string;
  /** Ours among those that a call has come through. */
  via: string;
  gone: AbortSignal;
  answerWithinMs?: number;
}

/**
 * Repeats a call to another service: method, path, query and body, and the headers that mean something there. Its answer comes back unread, or the
 * reason why there is none, which names no address and follows the name of the service.
 */
export async function passOn(
  request: FastifyRequest,
  { to, via, gone, answerWithinMs = ANSWER_WITHIN_MS }: PassingOn,
): Promise<Result<IncomingMessage, string>> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return no('too-large');
  const late = AbortSignal.timeout(answerWithinMs);
  const call = begin(request, { to, via, signal: AbortSignal.any([late, gone]) });
  try {
    return yes(await exchange(request, call));
  } catch (error) {
    call.destroy();
    if (error instanceof TooLarge) return no('too-large');
    return no(late.aborted ? `has not answered within ${answerWithinMs / 1000} s` : reasonOf(error));
  }
}

function begin(
  { method, url: target, headers }: FastifyRequest,
  { to, via, signal }: { to: string; via: string; signal: AbortSignal },
): ClientRequest {
  const url = new URL(to);
  const ask = url.protocol === 'https:' ? askOverHttps : askOverHttp;
  // A target may name a host, as for a proxy; which host is meant is the settings' to say.
  const path = url.pathname.replace(/\/+$/, '') + target.replace(/^https?:\/\/[^/]*/i, '');
  // A connection of its own: one that was kept may be closed by the other side at the moment it is used.
  const call = ask(url, { method, path, headers: { ...heeded(headers), via }, signal, agent: false });
  giveUpConnecting(call);
  return call;
}

async function exchange({ body }: FastifyRequest, call: ClientRequest): Promise<IncomingMessage> {
  const answer = answerOf(call);
  if (!(body instanceof Readable)) {
    call.end();
    return answer;
  }
  // Not a pipeline, which would break off with the caller before it has been told why.
  const overfull = new Promise<never>((_, reject) => body.pipe(atMost(MOST_BYTES)).once('error', reject).pipe(call));
  return Promise.race([answer, overfull]).finally(() => body.unpipe().resume());
}

/** What is said about the body, which answer is wanted, and who asks. */
function heeded(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const names = ['content-type', 'content-length', 'accept', 'user-agent'];
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => names.includes(name) || name.startsWith('x-spinnaker-')),
  );
}

const answerOf = (call: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    call.once('response', resolve);
    // For as long as the call lasts: what breaks after the answer has begun is told by the answer.
    call.on('error', reject);
  });

function giveUpConnecting(call: ClientRequest): void {
  const timer = setTimeout(
    () => call.destroy(new Error(`cannot be reached within ${CONNECT_WITHIN_MS / 1000} s`)),
    CONNECT_WITHIN_MS,
  );
  const isReached = () => clearTimeout(timer);
  call.once('socket', (socket) => socket.once('connect', isReached));
  call.once('close', isReached);
}

function atMost(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      seen += chunk.length;
      done(seen > bytes ? new TooLarge() : null, chunk);
    },
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return 'code' in error ? `cannot be reached (${String(error.code)})` : error.message;
}
