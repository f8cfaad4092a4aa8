import type { Api } from './parts.ts';
import { InvalidInput } from './validation.ts';

/** JSON is the only body this server reads; no body at all is for each route's schema to judge. */
export function readJson(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'ignore');
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text === '') return done(null, undefined);
    return parse(request, text, (error, value) => {
      const blamed = error ? blame(text) : refuseAbyss(value);
      done(blamed ? new InvalidInput([blamed]) : null, value);
    });
  });
}

/** More than any request needs, and few enough for whatever walks a value by calling itself. */
const MAX_DEPTH = 64;

/** Looks level by level: a walk that called itself would be the first to fall. */
function refuseAbyss(body: unknown): { path: string; message: string } | undefined {
  let level = [body];
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    if (level.length === 0) return undefined;
    level = level.flatMap((value) => (value !== null && typeof value === 'object' ? Object.values(value) : []));
  }
  return { path: '', message: `the body has more than ${MAX_DEPTH} levels of lists and objects in one another` };
}

/** The parser says where it stumbled. What it can parse was refused for a name that would reach into every object of this process. */
function blame(text: string): { path: string; message: string } {
  try {
    JSON.parse(text);
    return { path: '', message: 'the body has a member __proto__ or constructor.prototype, which no request may have' };
  } catch (error) {
    return { path: '', message: `the body is not JSON: ${(error as SyntaxError).message}` };
  }
}
