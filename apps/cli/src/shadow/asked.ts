/** What a call asks of a bakery, as far as a comparison minds. Regions and ids are as they stand in the path. */
export type Asked =
  | { kind: 'create'; region: string; rebake: 'yes' | 'no' }
  | { kind: 'status' | 'details' | 'cancel'; region: string; id: string }
  | { kind: 'delete'; region: string }
  | { kind: 'delete-requests' }
  | { kind: 'options'; path: string }
  | { kind: 'other' };

/** Reads method and request target; a trailing slash means nothing. */
export function readTarget(method: string, target: string): Asked {
  const [path = '', query = ''] = target.split('?', 2);
  const bare = path.replace(/\/$/, '');
  for (const { of, shape, read } of CALLS) {
    const found = of === method ? shape.exec(bare) : null;
    if (found) return read(found.groups ?? {}, { path: target, query });
  }
  return { kind: 'other' };
}

/** The path of a target as a report may have it: what a query says may be secret, but for the one word that counts. */
export function pathOf(target: string): string {
  const [path = '', query = ''] = target.split('?', 2);
  return isRebake(query) ? `${path}?rebake=1` : path;
}

interface Shape {
  of: string;
  shape: RegExp;
  read: (groups: Readonly<Record<string, string>>, target: { path: string; query: string }) => Asked;
}

const REGION = '(?<region>[^/]+)';
const byId =
  (kind: 'status' | 'details' | 'cancel'): Shape['read'] =>
  ({ region = '', id = '' }) => ({ kind, region, id: plain(id) });

const CALLS: readonly Shape[] = [
  {
    of: 'POST',
    shape: new RegExp(`^/api/v1/${REGION}/bake$`),
    read: ({ region = '' }, { query }) => ({ kind: 'create', region, rebake: isRebake(query) ? 'yes' : 'no' }),
  },
  { of: 'POST', shape: /^\/api\/v1\/bakes\/delete-requests$/, read: () => ({ kind: 'delete-requests' }) },
  {
    of: 'DELETE',
    shape: new RegExp(`^/api/v1/${REGION}/bake$`),
    read: ({ region = '' }) => ({ kind: 'delete', region }),
  },
  { of: 'GET', shape: new RegExp(`^/api/v1/${REGION}/status/(?<id>[^/]+)$`), read: byId('status') },
  { of: 'GET', shape: new RegExp(`^/api/v1/${REGION}/bake/(?<id>[^/]+)$`), read: byId('details') },
  { of: 'GET', shape: new RegExp(`^/api/v1/${REGION}/cancel/(?<id>[^/]+)$`), read: byId('cancel') },
  {
    of: 'GET',
    shape: /^\/bakeOptions(\/[^/]+(\/baseImages\/[^/]+)?)?$/,
    read: (_, { path }) => ({ kind: 'options', path }),
  },
];

const isRebake = (query: string): boolean => new URLSearchParams(query).get('rebake') === '1';

function plain(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
