import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { type Body, type Copy, copyOf, type Room } from './copy.ts';
import { endToEnd, towards } from './end-to-end.ts';

/** One call that went through, when all of it has. */
export interface Passed {
  sent: Body;
  /** `away`: nobody there answered, and we said so with `status`, or somebody broke off in the middle. `left`: the caller did not wait for the end. */
  end: 'answered' | 'away' | 'left';
  /** Of the answer that the caller got; 0 where there was none. */
  status: number;
  answered: Body;
  encoding: string | undefined;
  /** From the call's first line to the answer's, without the time that upstream took over it. */
  addedMs: number;
  /** Gives the copies' room back. */
  release(): void;
}

/** Who looks on as a call goes by. Nothing it does may hold a call up. */
export type Onlooker = (request: IncomingMessage) => {
  keep: 'bodies' | 'nothing';
  passed(passed: Passed): void;
};

export interface Passage {
  url: string;
  /** Takes no more calls; resolves when those that are open have ended. */
  close(): Promise<void>;
  /** Breaks off the calls that are open. */
  breakOff(): void;
}

export interface ProxyPlan {
  upstream: URL;
  listen: { host: string; port: number };
  onlooker: Onlooker;
  copies: { limit: number; room: Room };
}

/** Longer than the pools of those who call keep a connection that nobody uses. */
const IDLE_MS = 75_000;
const SWEEP_EVERY_MS = 100;
const LARGEST_HEAD = 64 * 1024;

/** Passes every call to `upstream` as if it had been sent there. Each has a connection of its own, so that none meets one that is just being closed. */
export async function openProxy(plan: ProxyPlan): Promise<Passage> {
  const server = createServer(
    { maxHeaderSize: LARGEST_HEAD, requestTimeout: 0, keepAliveTimeout: IDLE_MS, headersTimeout: IDLE_MS + 5_000 },
    (request, response) => pass(request, response, plan),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(plan.listen, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        // A connection that is busy now is idle in a moment, and would be kept.
        const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
        server.close(() => {
          clearInterval(sweep);
          resolve();
        });
      }),
    breakOff: () => server.closeAllConnections(),
  };
}

interface Course {
  receivedAt: number;
  connectedAt?: number;
  answeredAt?: number;
  addedMs: number;
  end: Passed['end'];
  /** Upstream has begun an answer and not ended it. */
  broken?: true;
  copy?: Copy | undefined;
  encoding?: string | undefined;
}

function pass(request: IncomingMessage, response: ServerResponse, { upstream, onlooker, copies }: ProxyPlan): void {
  const course: Course = { receivedAt: performance.now(), addedMs: 0, end: 'left' };
  const { keep, passed } = onlooker(request);
  const sent = keep === 'bodies' ? copyOf(request, copies) : undefined;

  const outgoing = openCall(request, upstream);
  watchConnecting(outgoing, course);
  outgoing.once('response', (answer) => {
    if (!canBeRepeated(answer)) {
      outgoing.destroy(new Error('its answer is no HTTP'));
      return;
    }
    course.answeredAt = performance.now();
    course.end = 'answered';
    course.encoding = answer.headers['content-encoding'];
    if (keep === 'bodies') course.copy = copyOf(answer, copies);
    answer.once('error', () => {
      course.broken = true;
    });
    relay(answer, response);
    course.addedMs = addedBy(course);
  });
  outgoing.on('error', (error) => {
    // Once there is an answer its own stream tells what becomes of it.
    if (course.answeredAt !== undefined || response.destroyed) return;
    course.end = 'away';
    request.resume();
    excuse(response, { error, upstream });
  });
  response.once('close', () => {
    if (!response.writableFinished) {
      course.end = course.broken ? 'away' : 'left';
      outgoing.destroy();
    }
    passed({
      sent: sent?.body() ?? NOTHING,
      end: course.end,
      status: response.headersSent ? response.statusCode : 0,
      answered: course.copy?.body() ?? NOTHING,
      encoding: course.encoding,
      addedMs: course.addedMs,
      release: () => {
        sent?.release();
        course.copy?.release();
      },
    });
  });
  request.pipe(outgoing);
}

const NOTHING = Buffer.alloc(0);

function openCall(request: IncomingMessage, upstream: URL) {
  const { method = 'GET', url = '/', rawHeaders } = request;
  const open = upstream.protocol === 'https:' ? httpsRequest : httpRequest;
  const prefix = upstream.pathname.replace(/\/$/, '');
  return open({
    protocol: upstream.protocol,
    hostname: upstream.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: upstream.port,
    method,
    path: url.startsWith('/') ? prefix + url : url,
    headers: towards(upstream.host, { method, raw: rawHeaders }),
    agent: false,
    maxHeaderSize: LARGEST_HEAD,
  });
}

/** As long as those who call give a connection themselves. */
const CONNECT_WITHIN_MS = 5_000;

class TooLate extends Error {}

function watchConnecting(outgoing: ReturnType<typeof openCall>, course: Course): void {
  const late = setTimeout(
    () => outgoing.destroy(new TooLate(`no connection within ${CONNECT_WITHIN_MS} ms`)),
    CONNECT_WITHIN_MS,
  );
  outgoing.once('close', () => clearTimeout(late));
  outgoing.once('socket', (socket: Socket) => {
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      clearTimeout(late);
      course.connectedAt = performance.now();
    });
  });
}

/** Node reads first lines that it does not write. */
const canBeRepeated = ({ statusCode = 0, statusMessage = '' }: IncomingMessage): boolean =>
  statusCode >= 200 && /^[\t\x20-\x7e\x80-\xff]*$/.test(statusMessage);

/** The head goes out at once: a body may take its time. A stream that breaks on one side is broken on the other. */
function relay(answer: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
  response.flushHeaders();
  pipeline(answer, response, () => {});
}

/** As a proxy says it, in the shape of the classic bakery's errors. Callers take 502 and 504 as they take a bakery that is not there: they ask again. */
function excuse(response: ServerResponse, { error, upstream }: { error: Error; upstream: URL }): void {
  const status = error instanceof TooLate ? 504 : 502;
  const code = 'code' in error ? String(error.code) : error.message;
  const body = JSON.stringify({
    timestamp: new Date().toISOString().replace('Z', '+00:00'),
    status,
    error: STATUS_CODES[status],
    message: `the bakery behind this proxy, at ${upstream.host}, does not answer (${code})`,
  });
  // What is left of the request's body is not waited for.
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}

/** From the first line of the call until now, when the first line of its answer is out. */
function addedBy({ receivedAt, connectedAt, answeredAt }: Course): number {
  if (connectedAt === undefined || answeredAt === undefined) return 0;
  return performance.now() - receivedAt - (answeredAt - connectedAt);
}
