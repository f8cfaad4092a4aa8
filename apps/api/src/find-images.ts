import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BakeRequest, type Catalogue, FoundImage, type ImageQuery, imageQuery } from '@bakehouse/bake';
import { z } from 'zod';

/** Asks a service that knows the images of a cloud by name. Throws `ImageSearchAway` where none of its tries was answered. */
export type FindImages = (query: ImageQuery, asker?: Asker) => Promise<readonly FoundImage[]>;

/** In whose name is asked, in the headers that Spinnaker's services hand on to each other: the user, the accounts, the execution. */
type Asker = Readonly<Record<string, string>>;

/** The same search in the name of a caller, who is known by the headers of the call. */
export function inNameOf(headers: IncomingHttpHeaders, findImages: FindImages | undefined): FindImages | undefined {
  const said = Object.entries(headers).filter(([name]) => name.startsWith('x-spinnaker-'));
  const asker = Object.fromEntries(said.map(([name, value]) => [name, String(value)]));
  return findImages && ((query) => findImages(query, asker));
}

/** The images that a request needs to be planned; `undefined` for one that names its image by its id, and where there is nobody to ask. */
export async function findImagesFor(
  request: BakeRequest,
  { catalogue, findImages }: { catalogue: Catalogue; findImages: FindImages | undefined },
): Promise<readonly FoundImage[] | undefined> {
  const query = findImages && imageQuery(request, catalogue);
  return query && findImages(query);
}

/** A search as Spinnaker's Clouddriver offers it at `baseUrl`. User and password in the url go with each try, and into no message. */
export function openImageSearch(
  baseUrl: string,
  { pauseMs, limitMs }: { pauseMs: number; limitMs: number } = { pauseMs: 3_000, limitMs: 10_000 },
): FindImages {
  return async (query, asker) => {
    for (let tries = 1; ; tries++) {
      const answer = await ask(baseUrl, query, { limitMs, asker });
      if (!('reason' in answer)) return answer;
      if (tries === TRIES) throw new ImageSearchAway(query, answer);
      await sleep(pauseMs);
    }
  };
}

/** Nobody says which image is meant: the request may be good, and it cannot be told now. */
export class ImageSearchAway extends Error {
  override readonly name = 'ImageSearchAway';
  /** What the service answered last, if it is that it will not answer such a question. */
  readonly refusal: number | undefined;

  constructor({ provider, name, account, region }: ImageQuery, { reason, status = 0 }: NoAnswer) {
    super(
      `the image '${name}' (${provider}, account ${account}, region ${region}) cannot be searched for: in ${TRIES} tries the image search ${reason}; ` +
        'ask again later, or name the source image by its id; an operator sees to the service at services.clouddriver.baseUrl or bakehouse.imageSearchUrl',
    );
    this.refusal = status >= 400 && status < 500 ? status : undefined;
  }
}

/** As often as the classic bakery. */
const TRIES = 3;

interface NoAnswer {
  reason: string;
  status?: number;
}

/** The images, or why there is no telling. */
async function ask(
  baseUrl: string,
  { provider, name, account, region }: ImageQuery,
  { limitMs, asker }: { limitMs: number; asker: Asker | undefined },
): Promise<readonly FoundImage[] | NoAnswer> {
  try {
    const { url, headers } = withoutUser(new URL(`${provider}/images/find`, `${baseUrl.replace(/\/+$/, '')}/`));
    url.search = new URLSearchParams({ q: name, account, region }).toString();
    const answer = await fetch(url, { headers: { ...asker, ...headers }, signal: AbortSignal.timeout(limitMs) });
    if (!answer.ok) {
      await answer.body?.cancel();
      return { reason: `answered with status ${answer.status}`, status: answer.status };
    }
    const images = z.array(FoundImage).safeParse(JSON.parse(await answer.text()));
    return images.success ? images.data : { reason: 'answered with something that is no list of images' };
  } catch (error) {
    return { reason: reasonOf(error, limitMs) };
  }
}

/** `fetch` takes no user in a url, and repeats the url in what it throws. */
function withoutUser(url: URL): { url: URL; headers: Record<string, string> } {
  const user = [url.username, url.password].map(decodeURIComponent).join(':');
  url.username = '';
  url.password = '';
  const headers = { accept: 'application/json' };
  if (user === ':') return { url, headers };
  return { url, headers: { ...headers, authorization: `Basic ${Buffer.from(user).toString('base64')}` } };
}

function reasonOf(error: unknown, limitMs: number): string {
  if (error instanceof SyntaxError) return 'answered with something that is no JSON';
  if (!(error instanceof Error)) throw error;
  if (error.name === 'TimeoutError') return `did not answer within ${limitMs} ms`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : 'no usable address';
  return `could not be reached (${String(code)})`;
}
