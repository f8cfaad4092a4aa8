import { Bake, no, type Result, yes } from '@bakehouse/bake';
import { z } from 'zod';
import type { Trouble } from './trouble.ts';

/** An api that does not answer within this is as good as away. */
const ANSWER_WITHIN_MS = 30_000;

/** A bake as the api tells it: the record, and what the api adds to it, such as why an earlier one answers. */
export type ToldBake = Bake & Readonly<Record<string, unknown>>;

/** A bakery over HTTP. Every call is a value: trouble is expected on a net. */
export interface Bakery {
  readonly url: string;
  ask(request: unknown, how: AskOptions): Promise<Result<Asked, Trouble>>;
  plan(request: unknown): Promise<Result<Plan, Trouble>>;
  find(id: string): Promise<Result<ToldBake, Trouble>>;
  cancel(id: string, reason: string | undefined): Promise<Result<ToldBake, Trouble>>;
  list(query: Readonly<Record<string, string | undefined>>): Promise<Result<BakeList, Trouble>>;
  catalogue(): Promise<Result<CatalogueView, Trouble>>;
  workers(): Promise<Result<WorkerList, Trouble>>;
  /** Yes when the api can take bakes. */
  ready(): Promise<Result<unknown, Trouble>>;
  /** The log as server-sent events, from the line after `after` on; rejects with nothing. */
  openLog(
    id: string,
    how: { after: number; tail?: number | undefined; signal: AbortSignal },
  ): Promise<Result<Response, Trouble>>;
  /** What is kept of the log, as text. */
  readLog(id: string, range: Readonly<Record<string, string | undefined>>): Promise<Result<string, Trouble>>;
}

interface AskOptions {
  rebake: 'yes' | 'no';
  idempotencyKey?: string | undefined;
}

export interface Asked {
  bake: ToldBake;
  /** `answered`: an earlier bake answers. */
  as: 'taken' | 'answered';
}

const Plan = z.looseObject({ key: z.string() });
type Plan = z.infer<typeof Plan>;

const BakeList = z.looseObject({ bakes: z.array(Bake), cursor: z.string().optional() });
type BakeList = z.infer<typeof BakeList>;

const Worker = z.looseObject({
  id: z.string(),
  startedAt: z.string(),
  lanes: z.array(z.string()),
  slots: z.number(),
  baking: z.array(z.string()),
  draining: z.boolean(),
  packer: z.string(),
});
const WorkerList = z.looseObject({ workers: z.array(Worker) });
type WorkerList = z.infer<typeof WorkerList>;

const BaseImage = z.looseObject({ id: z.string(), packageType: z.string(), shortDescription: z.string().nullable() });
const CatalogueView = z.looseObject({
  providers: z.array(z.looseObject({ provider: z.string(), baseImages: z.array(BaseImage) })),
  lanes: z.array(z.looseObject({ lane: z.string(), cap: z.number().nullable() })),
});
type CatalogueView = z.infer<typeof CatalogueView>;

const Refused = z.object({
  message: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** Opens the bakery at `url`; calls end when `signal` fires. Nothing is asked yet. */
export function openBakery(url: string, signal: AbortSignal): Bakery {
  const base = url.replace(/\/+$/, '');
  const line: Line = { base, signal };
  const bakes = (id: string) => `/bakes/${encodeURIComponent(id)}`;

  return {
    url: base,
    async ask(request, { rebake, idempotencyKey }) {
      const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      const sent = await send(line, `/bakes${rebake === 'yes' ? '?rebake=1' : ''}`, {
        method: 'POST',
        body: request,
        headers,
      });
      if (!sent.ok) return sent;
      const bake = await read<ToldBake>(line, sent.value, Bake);
      return bake.ok ? yes({ bake: bake.value, as: sent.value.status === 202 ? 'taken' : 'answered' }) : bake;
    },
    plan: (request) => call(line, '/plan', { method: 'POST', body: request, shape: Plan }),
    find: (id) => call<ToldBake>(line, bakes(id), { shape: Bake, id }),
    cancel: (id, reason) => call<ToldBake>(line, bakes(id) + query({ reason }), { method: 'DELETE', shape: Bake, id }),
    list: (asked) => call(line, `/bakes${query(asked)}`, { shape: BakeList }),
    catalogue: () => call(line, '/catalogue', { shape: CatalogueView }),
    workers: () => call(line, '/workers', { shape: WorkerList }),
    ready: () => call<unknown>(line, '/ready', { shape: z.unknown() }),
    openLog: (id, { after, tail, signal: until }) =>
      send(
        { base, signal: AbortSignal.any([signal, until]) },
        `${bakes(id)}/log${query({ from: text(after), tail: text(tail) })}`,
        {
          id,
          stream: true,
          headers: { accept: 'text/event-stream', ...(after > 0 ? { 'last-event-id': String(after) } : {}) },
        },
      ),
    async readLog(id, range) {
      const sent = await send(line, `${bakes(id)}/log${query(range)}`, { id, headers: { accept: 'text/plain' } });
      return sent.ok ? readText(line, sent.value) : sent;
    },
  };
}

interface Line {
  base: string;
  signal: AbortSignal;
}

interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  /** Whose absence a 404 means. */
  id?: string;
  /** The answer lasts; only its beginning must come in time. */
  stream?: true;
}

async function call<T>(line: Line, path: string, asked: Call & { shape: z.ZodType<T> }): Promise<Result<T, Trouble>> {
  const sent = await send(line, path, asked);
  return sent.ok ? read(line, sent.value, asked.shape) : sent;
}

async function send(line: Line, path: string, asked: Call): Promise<Result<Response, Trouble>> {
  const { method = 'GET', body, headers = {} } = asked;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(line.base + path, {
      method,
      signal: AbortSignal.any([line.signal, late.signal]),
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.ok ? yes(response) : no(await excuse(line, response, asked));
  } catch (cause) {
    return no(
      line.signal.aborted ? { kind: 'interrupted' } : { kind: 'away', url: line.base, why: whyOf(cause, late.signal) },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Checked against its shape and handed on whole: what a newer api adds is for whoever reads the JSON. */
async function read<T>({ base, signal }: Line, response: Response, shape: z.ZodType): Promise<Result<T, Trouble>> {
  try {
    const json: unknown = await response.json();
    const parsed = shape.safeParse(json);
    return parsed.success ? yes(json as T) : no({ kind: 'foreign', url: base, why: z.prettifyError(parsed.error) });
  } catch (cause) {
    if (signal.aborted) return no({ kind: 'interrupted' });
    if (cause instanceof SyntaxError) return no({ kind: 'foreign', url: base, why: 'its answer is not JSON' });
    return no({ kind: 'away', url: base, why: whyOf(cause) });
  }
}

/** A log may be long, and the api may go away in the middle of it. */
async function readText({ base: url, signal }: Line, response: Response): Promise<Result<string, Trouble>> {
  try {
    return yes(await response.text());
  } catch (cause) {
    return no(signal.aborted ? { kind: 'interrupted' } : { kind: 'away', url, why: whyOf(cause) });
  }
}

async function excuse({ base: url }: Line, response: Response, { id }: Call): Promise<Trouble> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined);
  const said = Refused.safeParse(body);
  if (status === 503) {
    const message = said.success ? said.data.message : 'it says 503 Service Unavailable';
    return { kind: 'not-ready', url, message, retryAfter: response.headers.get('retry-after') };
  }
  if (!said.success || status >= 500) {
    return { kind: 'foreign', url, why: `HTTP ${status}${said.success ? `, ${said.data.message}` : ''}` };
  }
  if (status === 404 && id !== undefined) return { kind: 'unknown-bake', id, url };
  return { kind: 'refused', status, ...said.data };
}

function whyOf(cause: unknown, late?: AbortSignal): string {
  if (late?.aborted) return `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
  if (!(cause instanceof Error)) return String(cause);
  const { cause: deeper } = cause;
  if (!(deeper instanceof Error)) return cause.message;
  return 'code' in deeper && typeof deeper.code === 'string' ? deeper.code : deeper.message;
}

function query(parts: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

const text = (count: number | undefined): string | undefined => (count ? String(count) : undefined);
