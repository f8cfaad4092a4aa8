import { Agent, request } from 'node:http';
import { no, type Result, yes } from '../../packages/bake/src/result.ts';
import type { Call } from './call.ts';
import type { Latencies } from './latencies.ts';

export interface Answer {
  status: number;
  body: string;
}

/** No answer: why, for people. */
export type Silence = { because: string };

/** Asks a bakery; never throws, whatever happens on the way. */
export type Ask = (call: Call) => Promise<Result<Answer, Silence>>;

export interface WireOptions {
  url: string;
  /** All headers of the execution that begin with `X-SPINNAKER-`. */
  headers: Readonly<Record<string, string>>;
  latencies: Latencies;
  connectMs?: number;
  readMs?: number;
}

/** Orca's HTTP client: five seconds to connect, two minutes of silence while it reads. */
export function openWire({ url, headers, latencies, connectMs = 5_000, readMs = 120_000 }: WireOptions): Ask {
  return async (call) => {
    const begun = performance.now();
    const answer = await exchange(call, { url, headers, connectMs, readMs });
    latencies.add(call.name, performance.now() - begun, answer.ok ? answer.value.status : 'no answer');
    return answer;
  };
}

/** Like Orca's pool, it keeps connections, and may find that one has died meanwhile. */
const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 30_000 });

type Wiring = Required<Omit<WireOptions, 'latencies'>>;

function exchange(
  { method, path, body }: Call,
  { url, headers, connectMs, readMs }: Wiring,
): Promise<Result<Answer, Silence>> {
  return new Promise((resolve) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = request(new URL(path, url), {
      method,
      agent,
      headers: {
        ...headers,
        'user-agent': 'Spinnaker-orca/test',
        accept: 'application/json',
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    });
    const giveUp = (because: string) => {
      resolve(no({ because: `${method} ${path}: ${because}` }));
      asked.destroy();
    };
    asked.on('error', ({ message }) => giveUp(message));
    asked.on('socket', (socket) => {
      asked.setTimeout(readMs, () => giveUp(`silent for ${readMs} ms`));
      if (!socket.connecting) return;
      const connecting = setTimeout(() => giveUp(`no connection within ${connectMs} ms`), connectMs);
      socket.once('connect', () => clearTimeout(connecting));
      asked.once('close', () => clearTimeout(connecting));
    });
    asked.on('response', (response) => {
      let said = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        said += chunk;
      });
      response.on('error', ({ message }) => giveUp(message));
      response.on('end', () => resolve(yes({ status: response.statusCode ?? 0, body: said })));
    });
    asked.end(text);
  });
}
