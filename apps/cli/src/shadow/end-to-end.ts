/** Headers that speak of one connection and go no further, besides those that `Connection` names (RFC 9110, 7.6.1). */
const OF_THE_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Names and values in turn, as they came: with their case, their order and their repeats. */
export type RawHeaders = readonly string[];

/** The headers that are meant for the other end. */
export function endToEnd(raw: RawHeaders): string[] {
  const pairs = pairsOf(raw);
  const named = pairs.filter(([name]) => name.toLowerCase() === 'connection').flatMap(([, value]) => value.split(','));
  const dropped = new Set([...OF_THE_HOP, ...named.map((name) => name.trim().toLowerCase())]);
  // Without it a body would be taken for the next call.
  dropped.delete('content-length');
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase())).flat();
}

/** The headers of a call as its caller would have sent them to `host` itself. The body is framed as it came. */
export function towards(host: string, { method, raw }: { method: string; raw: RawHeaders }): string[] {
  const names = new Set(pairsOf(raw).map(([name]) => name.toLowerCase()));
  const kept = pairsOf(endToEnd(raw)).filter(([name]) => name.toLowerCase() !== 'host');
  return ['Host', host, ...kept.flat(), ...framing(method, names)];
}

/** Node would take a POST without a length for one whose body is still to come. */
function framing(method: string, names: ReadonlySet<string>): string[] {
  if (names.has('transfer-encoding')) return ['Transfer-Encoding', 'chunked'];
  return names.has('content-length') || BODILESS.includes(method) ? [] : ['Content-Length', '0'];
}

const BODILESS = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'];

const pairsOf = (raw: RawHeaders): [string, string][] =>
  raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));
