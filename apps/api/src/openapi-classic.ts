import type { OpenAPIV3_1 } from 'openapi-types';
import { isClassic } from './rosco/paths.ts';

type Paths = NonNullable<OpenAPIV3_1.Document['paths']>;
type Operation = OpenAPIV3_1.OperationObject;
type Answer = OpenAPIV3_1.ResponseObject;

/** What is so of every classic call is said here, and not by each route: the server sees to it for all of them. */
export function describeClassic(paths: Paths): Paths {
  return Object.fromEntries(
    Object.entries(paths).map(([path, calls]) => [path, isClassic(path) && calls ? describePath(path, calls) : calls]),
  );
}

export const CLASSIC_RULES =
  'The calls of the classic bakery, for pipelines that know no others. Each may end in a slash. HEAD stands beside each GET, and says what that would ' +
  'answer; OPTIONS of each path is 200, empty, and says in `Allow` which methods it takes. Any page may read the answers; what a page of another ' +
  'origin may change is said by the settings. A request that cannot be read is 400 with an empty body.';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

function describePath(path: string, calls: OpenAPIV3_1.PathItemObject): OpenAPIV3_1.PathItemObject {
  const described = METHODS.flatMap((method) => {
    const operation = calls[method];
    return operation ? [[method, describeCall(operation, { path, method })] as const] : [];
  });
  return { ...calls, ...Object.fromEntries(described) };
}

function describeCall(operation: Operation, call: { path: string; method: Method }): Operation {
  const { responses = {}, parameters = [] } = operation;
  const answers = Object.entries({
    ...answersOf(operation, call),
    ...responses,
    ...ANSWERS[`${call.method} ${call.path}`],
  });
  const requestBody = operation.requestBody ?? BODIES[`${call.method} ${call.path}`];
  return {
    ...operation,
    ...(requestBody && { requestBody }),
    parameters: [...parameters, ...(HEADERS[`${call.method} ${call.path}`] ?? []), ...(isRead(call) ? [KNOWN] : [])],
    responses: Object.fromEntries(
      answers.map(([status, answer]) => [status, dressed(answer as Answer, { ...call, status })]),
    ),
  };
}

/** What any call of that kind may answer. */
function answersOf({ requestBody, responses }: Operation, call: { path: string; method: Method }) {
  return {
    ...(isRead(call) && { 304: { description: 'The caller has it already, by its `If-None-Match`.' } }),
    ...(call.path.includes('{') && !responses?.['400'] && { 400: { description: 'The path cannot be read.' } }),
    ...(CHANGING.includes(call.method) && { 403: error(FOREIGN) }),
    405: { description: 'Another method is asked of this path; the body is empty.' },
    ...(requestBody && { 413: error('The body is larger than 16 MiB.') }),
    ...(call.method !== 'get' && { 415: error('The body is of a type that is not read here.') }),
    500: error('The bakery failed; its log has the reason under the `X-Request-Id` of the answer.'),
  };
}

/** What a page of another origin may not ask; it is held against the method alone. */
const CHANGING: readonly Method[] = ['post', 'delete'];
const FOREIGN = 'A web page of another origin asks in somebody’s browser, and the settings do not let it.';

function dressed(answer: Answer, { method, path, status }: { method: Method; path: string; status: string }): Answer {
  const isTagged = isRead({ method, path }) && ['200', '304'].includes(status);
  const headers = {
    'X-Request-Id': header('The caller’s own, or one that was made up for this call.'),
    'Access-Control-Allow-Origin': header('Any page may read it.', { type: 'string', enum: ['*'] }),
    ...(isTagged && { ETag: header('Of this answer.') }),
    ...(status === '405' && { Allow: header('The methods that this path takes.') }),
    ...(status === '503' && path !== '/health' && { 'Retry-After': header('In seconds.', { type: 'integer' }) }),
  };
  const isEmptyToo = status === '400' && answer.content !== undefined;
  const description = isEmptyToo ? `${answer.description} Empty where the request cannot be read.` : answer.description;
  return { ...answer, description, headers: { ...headers, ...answer.headers } };
}

/** The GET that cancels is read by nobody twice. */
const isRead = ({ method, path }: { method: Method; path: string }): boolean =>
  method === 'get' && !path.includes('/cancel/');

const header = (description: string, schema: { type: 'string' | 'integer'; enum?: string[] } = { type: 'string' }) => ({
  description,
  required: true,
  schema,
});

const error = (description: string): Answer => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/ClassicError' } } },
});

const KNOWN: OpenAPIV3_1.ParameterObject = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of an answer that the caller has.',
  schema: { type: 'string' },
};

/** Headers that no route reads through its schema. */
const HEADERS: Readonly<Record<string, OpenAPIV3_1.ParameterObject[]>> = {
  'post /api/v1/{region}/bake': [
    {
      name: 'X-SPINNAKER-EXECUTION-ID',
      in: 'header',
      required: false,
      description:
        'The execution that asks, before its member in the body; up to its first colon it names those whose bakes go together.',
      schema: { type: 'string' },
    },
  ],
};

/** Answers that come from elsewhere. */
const ANSWERS: Readonly<Record<string, OpenAPIV3_1.ResponsesObject>> = {
  'post /api/v2/manifest/bake/{type}': { default: { description: 'Whatever the bakery for manifests answers.' } },
};

/** Bodies that are passed on unread. */
const BODIES: Readonly<Record<string, OpenAPIV3_1.RequestBodyObject>> = {
  'post /api/v2/manifest/bake/{type}': {
    description: 'Up to 64 MiB, for the bakery for manifests to read.',
    content: { 'application/json': { schema: {} } },
  },
};
