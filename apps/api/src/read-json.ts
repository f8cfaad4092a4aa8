import type { Api } from './parts.ts';
import { InvalidInput } from './validation.ts';

/** JSON is the only body this server reads; no body at all is for each route's schema to judge. */
export function readJson(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'ignore');
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text === '') return done(null, undefined);
    return parse(request, text, (error, value) => done(error && new InvalidInput([blame(text, error)]), value));
  });
}

/** The parser says where it stumbled; what it parsed and was still refused is told by the refusal itself. */
function blame(text: string, refused: Error): { path: string; message: string } {
  try {
    JSON.parse(text);
    return { path: '', message: `the body may not be used: ${refused.message}` };
  } catch (error) {
    return { path: '', message: `the body is not JSON: ${(error as SyntaxError).message}` };
  }
}
