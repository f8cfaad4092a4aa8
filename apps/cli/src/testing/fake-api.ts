import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as the fake api got it. */
export interface Heard {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

type Answer = (heard: Heard, response: ServerResponse) => void;

/** A program at the edge, for tests: a server that speaks the api's contract as far as it is told to. */
export interface FakeApi {
  readonly url: string;
  readonly heard: Heard[];
  /** Breaks every connection and refuses new ones, as an api that is being replaced does. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on a port of its own; `answer` is asked for every call. */
export async function startFakeApi(answer: Answer): Promise<FakeApi> {
  const heard: Heard[] = [];
  let server: Server;
  const listen = async (port: number) => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      const call = { method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) };
      heard.push(call);
      answer(call, response);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    goAway: close,
    comeBack: async () => void (await listen(port)),
    close,
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Begins a log; lines are written with `sseLine`. */
export function beginLog(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 1000\n\n');
}

export const sseLine = (number: number, text = `line ${number}`): string => `id: ${number}\ndata: ${text}\n\n`;
export const sseEnd = (state: string): string => `event: end\ndata: {"state":"${state}"}\n\n`;

const AT = '2026-02-03T04:05:06.000Z';

const recipe = {
  provider: 'local',
  region: 'local',
  base: 'bookworm',
  sourceImage: 'bookworm',
  imageName: 'hello-all-20260203040506-bookworm',
  appVersion: null,
  packageType: 'deb',
  template: 'local.json',
  varFile: null,
  bundle: `sha256:${'0'.repeat(64)}`,
  variables: {},
  secrets: {},
  places: {},
  limits: { totalMs: 1000, idleMs: 1000, graceMs: 1000 },
};

const begun = { startedAt: AT, worker: 'w@host', phases: [{ phase: 'building', at: '2026-02-03T04:05:07.500Z' }] };
const finishedAt = '2026-02-03T04:05:10.000Z';

const ENDS = {
  waiting: {},
  baking: { ...begun, stopping: false },
  baked: {
    ...begun,
    finishedAt,
    artifacts: [
      {
        type: 'local/image',
        location: 'local',
        reference: '/images/a.tar',
        name: 'hello-all',
        digest: 'sha256:abc',
        size: 1234,
      },
    ],
  },
  failed: {
    ...begun,
    finishedAt,
    failure: { class: 'package', message: 'no such package', evidence: [], next: 'name another', leftovers: false },
  },
  cancelled: { finishedAt, reason: 'no more needed' },
};

/** A bake as the api tells it. */
export function aBake(state: keyof typeof ENDS, members: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'bake-1',
    key: 'k',
    lane: 'default',
    priority: 5,
    labels: {},
    packages: ['hello'],
    askedAt: AT,
    recipe,
    attempts: 1,
    links: { self: '/bakes/bake-1', log: '/bakes/bake-1/log' },
    state,
    ...ENDS[state],
    ...members,
  };
}
