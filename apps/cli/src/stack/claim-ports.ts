import { no, type Result, yes } from '@bakehouse/bake';
import { FLAG_OF, type StackConfig, type StackVariable } from '../config.ts';
import type { Trouble } from '../trouble.ts';
import { claimPort } from './port.ts';

/** Where a stack's programs listen. */
export interface Ports {
  /** As a URL says it, and reachable from here. */
  host: string;
  api: number;
  /** One for each worker. */
  workers: readonly number[];
}

export interface PortWishes {
  config: StackConfig;
  workers: number;
  /** When the api's port is taken: `refuse` says so, `move` takes a free one. */
  ifPortTaken: 'refuse' | 'move';
}

/** Where worker ports begin when nobody says. */
const FIRST_WORKER_PORT = 8088;

/** Finds the ports before anything is started; a "no" names the port that is taken and the flag that changes it. */
export async function claimPorts(wishes: PortWishes): Promise<Result<Ports, Trouble>> {
  const { HOST: host, PORT: asked } = wishes.config;
  try {
    const free = await claimPort(host, asked);
    const api = free ?? (wishes.ifPortTaken === 'move' ? await claimPort(host, 0) : undefined);
    if (api === undefined) return no(taken(host, asked, 'PORT'));
    const workers = await claimWorkerPorts(wishes, api);
    return workers.ok ? yes({ host: reachable(host), api, workers: workers.value }) : workers;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const mend = `choose another with ${FLAG_OF.HOST} or ${FLAG_OF.PORT}`;
    return no({ kind: 'in-the-way', what: `cannot listen on ${host}:${asked} (${why})`, mend });
  }
}

/** Ports that were asked for are taken or refused; without a wish, the next free ones are as good. */
async function claimWorkerPorts({ config, workers }: PortWishes, api: number): Promise<Result<number[], Trouble>> {
  const { HOST: host, BAKEHOUSE_WORKER_PORT: asked } = config;
  const wishes = Array.from({ length: workers }, (_, index) =>
    asked === 0 ? 0 : (asked ?? FIRST_WORKER_PORT) + index,
  );
  const ports: number[] = [];
  for (const wish of wishes) {
    const isOurs = wish !== 0 && (wish === api || ports.includes(wish));
    const claimed = isOurs ? undefined : await claimPort(host, wish);
    if (claimed === undefined && asked !== undefined) return no(taken(host, wish, 'BAKEHOUSE_WORKER_PORT'));
    ports.push(claimed ?? (await claimPort(host, 0)) ?? 0);
  }
  return yes(ports);
}

const taken = (host: string, port: number, variable: StackVariable): Trouble => ({
  kind: 'in-the-way',
  what: `port ${port} on ${host} is in use`,
  mend: `stop what listens there, or choose another with ${FLAG_OF[variable]} or ${variable}`,
});

/** An address to listen on everywhere is none to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
