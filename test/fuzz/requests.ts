import fc, { type Arbitrary } from 'fast-check';
import type { DocumentedCall, OpenApi } from './document.ts';
import { callsOf } from './document.ts';
import { nearly, oddValues, valuesOf } from './values.ts';

/** A request as it goes over the wire. */
export interface FuzzedRequest {
  /** Which call of the document it is like, as `METHOD /path`. */
  like: string;
  method: string;
  /** Path and query. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  /** The body goes in pieces, and its length is not said. */
  chunked: boolean;
}

/** What would be taken: no schema says which words go together. */
export interface Known {
  /** Good values by the name of a parameter or member. */
  words: Readonly<Record<string, readonly unknown[]>>;
  /** Good bodies by `METHOD /path`. */
  bodies: Readonly<Record<string, readonly object[]>>;
}

/** Requests over the document: good ones, nearly good ones and wild ones. */
export function requestsOver(document: OpenApi, { words, bodies }: Known): Arbitrary<FuzzedRequest> {
  const of = valuesOf(document, words);
  const request = (call: DocumentedCall): Arbitrary<FuzzedRequest> =>
    fc
      .record({
        target: targetOf(call, of),
        headers: headersOf(call, of),
        body: bodyOf(call, { of, known: bodies[`${call.method} ${call.path}`] ?? [{}] }),
        method: fc.oneof({ weight: 12, arbitrary: fc.constant(call.method) }, fc.constantFrom(...METHODS)),
        chunked: fc.boolean(),
      })
      .map(({ body, headers, method, ...rest }) => ({
        like: `${call.method} ${call.path}`,
        ...rest,
        method,
        body: ['HEAD', 'OPTIONS'].includes(method) ? undefined : body,
        headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      }));
  return fc.oneof(
    ...callsOf(document).map((call) => ({ weight: WEIGHT_OF[call.method] ?? 1, arbitrary: request(call) })),
  );
}

/** What changes something is the more interesting. */
const WEIGHT_OF: Readonly<Record<string, number>> = { POST: 3, DELETE: 2, GET: 2 };
const METHODS = ['HEAD', 'OPTIONS', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'] as const;

type Values = ReturnType<typeof valuesOf>;

/** Percent signs that decode to nothing, and more slashes than there should be, are sent as they are. */
const ODD_PATHS = [
  '%',
  '%zz',
  '%ff',
  '%00',
  '..',
  '%2e%2e%2f',
  '.',
  '*',
  ';a=b',
  ':id',
  'a%2Fb',
  '%F0%9F%8D%9E',
  'x'.repeat(3000),
];

function targetOf({ path, parameters }: DocumentedCall, of: Values): Arbitrary<string> {
  const parts = path.split('/').map((part): Arbitrary<string> => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return fc.constant(part);
    const schema = parameters.find((each) => each.in === 'path' && each.name === name)?.schema ?? {};
    const good = of(schema, { name }).map((value) => escaped(value) || 'x');
    return fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...ODD_PATHS) });
  });
  const trailing = fc.oneof({ weight: 12, arbitrary: fc.constant('') }, fc.constantFrom('/', '//', '/more', '?', '#'));
  const path_ = fc
    .tuple(fc.tuple(...parts), trailing)
    .map(([words, end]) => `${words.join('/')}${end}`.replace('#', ''));
  const query = parameters
    .filter((each) => each.in === 'query')
    .map(({ name, schema }) =>
      fc.option(
        fc.oneof({ weight: 4, arbitrary: of(schema, { name }) }, oddValues).map((value) => `${name}=${escaped(value)}`),
        { nil: undefined },
      ),
    );
  const stray = fc.oneof(
    { weight: 12, arbitrary: fc.constant(undefined) },
    oddValues.map((value) => `odd=${escaped(value)}`),
    fc.constantFrom('&&', '=', '%', 'a[]=1&a[]=2', '__proto__=1', 'trace=true', 'rebake=1&rebake=2'),
  );
  return fc.tuple(path_, fc.tuple(...query, stray)).map(([at, words]) => {
    const said = words.filter((word) => word !== undefined);
    return said.length === 0 ? at : `${at}?${said.join('&')}`;
  });
}

/** Text that has no form in a URL is as good as any other odd one. */
function escaped(value: unknown): string {
  const text = typeof value === 'string' ? value : String(JSON.stringify(value));
  // Halves of a pair have no form.
  return encodeURIComponent(Buffer.from(text).toString()).slice(0, 6000);
}

const ODD_HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ['application/json', 'text/plain', 'text/event-stream', '*/*;q=0', 'nonsense', ',;q='],
  'content-type': [
    'text/plain',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/json;',
    'multipart/form-data; boundary=x',
  ],
  'if-none-match': ['*', '"x"', 'W/"x", "y"', '"'],
  origin: ['https://elsewhere.example', 'null', 'nonsense'],
  'sec-fetch-site': ['cross-site', 'none', 'same-origin'],
  'x-request-id': ['mine', ' ', 'x'.repeat(4000)],
  'x-spinnaker-execution-id': ['run-1', 'run-1:stage', ':', 'x'.repeat(4000), 'run-2'],
  'x-spinnaker-user': ['who'],
  'last-event-id': ['0', '-1', '9007199254740993', 'x'],
  'idempotency-key': ['again', ' ', 'x'.repeat(256)],
  via: ['1.1 bakehouse'],
  range: ['bytes=0-0'],
  expect: ['100-continue'],
  'accept-encoding': ['gzip', 'br;q=x'],
};

function headersOf({ parameters }: DocumentedCall, of: Values): Arbitrary<Record<string, string>> {
  const own = parameters
    .filter((each) => each.in === 'header')
    .map(
      ({ name, schema }) => [name.toLowerCase(), fc.option(of(schema, { name }).map(sendable), { nil: '' })] as const,
    );
  const odd = Object.entries(ODD_HEADERS).map(
    ([name, values]) =>
      [name, fc.oneof({ weight: 14, arbitrary: fc.constant('') }, fc.constantFrom(...values))] as const,
  );
  return fc
    .record(Object.fromEntries([...odd, ...own]))
    .map((headers) => Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')));
}

/** Only what a header may hold can be sent at all. */
const sendable = (value: unknown): string =>
  String(value)
    .replaceAll(/[^\t\x20-\x7e]/g, '?')
    .trim();

function bodyOf(
  { body, method }: DocumentedCall,
  { of, known }: { of: Values; known: readonly object[] },
): Arbitrary<string | undefined> {
  if (!body) {
    if (method === 'GET') return fc.constant(undefined);
    return fc.option(
      oddValues.map((value) => String(JSON.stringify(value))),
      { nil: undefined },
    );
  }
  const json = (values: Arbitrary<unknown>) => values.map((value) => String(JSON.stringify(value)));
  const good = fc
    .tuple(of(body, {}), fc.constantFrom(...known))
    .map(([made, words]) => (isObject(made) ? { ...made, ...words } : made));
  return fc.oneof(
    { weight: 8, arbitrary: json(good) },
    { weight: 6, arbitrary: json(nearly(good)) },
    { weight: 2, arbitrary: json(oddValues) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_BODIES) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object';

const ODD_BODIES = [
  '',
  ' ',
  '{',
  '{"a":1}}',
  '\ufeff{}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"package":"a","package":"b"}',
  '{"extended_attributes":{"__proto__":{"a":1}}}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  `{"package":"${'x '.repeat(400_000)}"}`,
  `{"package":"${'x'.repeat(1_100_000)}"}`,
  `{"labels":{${Array.from({ length: 20_000 }, (_, index) => `"l${index}":"v"`).join(',')}}}`,
  `{"pipelineExecutionIds":[${'"run",'.repeat(50_000)}"run"]}`,
  '1e999',
  '"\\ud800"',
];
