import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Fleet, startFleet } from './fleet.ts';

const INTEGRATION = path.resolve(import.meta.dirname, '../integration');

/** A fleet as the classic callers know one: their settings, their templates, and the fake Packer in its workers. */
export const startClassicFleet = (environment: Record<string, string> = {}, workers = 1): Promise<Fleet> =>
  startFleet({
    workers,
    environment: {
      BAKEHOUSE_SETTINGS: path.join(INTEGRATION, 'classic/settings.yml'),
      BAKEHOUSE_TEMPLATES: path.join(INTEGRATION, 'classic/templates'),
      PACKER_BIN: path.resolve(INTEGRATION, '../fake-packer/packer'),
      ...environment,
    },
  });

/** An answer as it came, and its body read where it is JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  /** Text is sent as it is, anything else as JSON; both under the name of JSON, if nothing else is said. */
  body?: unknown;
}

export async function call(url: string, { method = 'GET', headers = {}, body }: Call = {}): Promise<Answer> {
  const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
  const response = await fetch(url, {
    method,
    headers: typed,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && /^[[{]/.test(text);
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

export interface Status {
  id: string;
  state: string;
  result: string | null;
  resource_id: string;
  failure?: { class: string; message: string; evidence: string[] };
}

/** Eight figures that are in no other bake: what the fake images are called after. */
export const aMark = (): string => String(Math.floor(Math.random() * 1e8)).padStart(8, '0');

/** Asks for a bake that no other answers, and throws unless it was taken. */
export async function create(
  fleet: Fleet,
  {
    attributes = {},
    region = 'eu-south-1',
    ...body
  }: { attributes?: object; region?: string } & Record<string, unknown>,
): Promise<Status> {
  const answer = await call(`${fleet.url}/api/v1/${region}/bake`, {
    method: 'POST',
    body: { base_os: 'noble', package: 'lantern', ...body, extended_attributes: { mark: aMark(), ...attributes } },
  });
  expect(answer, answer.text).toMatchObject({ status: 200 });
  return answer.json as unknown as Status;
}

/** Polls the status as pipelines do, only faster, until it is no longer RUNNING. */
export async function ends(fleet: Fleet, id: string): Promise<Status> {
  for (let tries = 0; tries < 600; tries++) {
    const { status, json } = await call(`${fleet.url}/api/v1/any-region/status/${id}`);
    if (status === 200 && json['state'] !== 'RUNNING') return json as unknown as Status;
    await sleep(50);
  }
  throw new Error(`bake ${id} is RUNNING still`);
}

/** The error body that every error has, unless its row says otherwise. */
export const standard = (status: number, error: string, message: unknown) => ({
  timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+00:00$/),
  status,
  error,
  message,
});

/** What a program asks a server by hand: the bytes as they are, and all that comes back until the server hangs up. */
export async function rawly(url: string, request: string): Promise<string> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let all = '';
    socket.on('data', (bytes) => {
      all += bytes.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(all));
  });
}
