import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml';
import { no, type Result, yes } from '../result.ts';
import type { SettingsProblem } from './problem.ts';
import { isActive } from './profiles.ts';
import { nest, overlaySetting, type Setting, saysNothing } from './setting.ts';

/**
 * Reads a settings file and keeps the line of each setting. Of several documents later ones win; one that is for other profiles than
 * those given does not count. All that is not YAML is told at once.
 */
export function readYaml(
  { name, text }: { name: string; text: string },
  profiles: readonly string[],
): Result<Setting, SettingsProblem[]> {
  const lines = new LineCounter();
  const lineOf = (offset: number) => lines.linePos(offset).line;
  // Without a schema of its own YAML leaves text as it was written.
  const parsed = parseAllDocuments(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const read = [...parsed].map((document) => readDocument({ name, document, lineOf, tally: { aliases: 0 } }, profiles));
  const problems = read.flatMap((part) => (part.ok ? [] : part.no));
  if (problems.length > 0) return no(problems);
  const nothing: Setting = { kind: 'nothing', spot: { file: name, line: 1 } };
  return yes(read.flatMap((part) => (part.ok ? [part.value] : [])).reduce(overlaySetting, nothing));
}

function readDocument(file: File, profiles: readonly string[]): Result<Setting, SettingsProblem[]> {
  const { document } = file;
  if (document.errors.length > 0)
    return no(document.errors.map(({ message, pos }) => problem(file, { message, offset: pos[0] })));
  try {
    const setting = toSetting(document.contents, file, 0);
    // It would lie over everything, and take all of it away.
    if (setting.kind !== 'map' && !saysNothing(setting))
      return no([{ spot: setting.spot, path: '', message: noMap(setting) }]);
    const active = isActive(setting, profiles);
    if (!active.ok) return no([active.no]);
    return yes(active.value ? setting : { kind: 'nothing', spot: setting.spot });
  } catch (refused) {
    if (refused instanceof Unreadable) return no([problem(file, refused)]);
    throw refused;
  }
}

const noMap = ({ kind }: Setting): string =>
  `is ${kind === 'list' ? 'a list' : 'text'}; expected keys and their values, e.g. docker.enabled: true`;

interface File {
  name: string;
  document: Document;
  lineOf: (offset: number) => number;
  /** How often an alias was followed: aliases of aliases would double without end. */
  tally: { aliases: number };
}

/** Carries a spot up from the depth of a file; never leaves this file. */
class Unreadable extends Error {
  readonly offset: number;
  constructor(message: string, node: Node) {
    super(message);
    this.offset = offsetOf(node);
  }
}

const MAX_DEPTH = 40;
const MAX_ALIASES = 10_000;

const offsetOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

const problem = (
  { name, lineOf }: File,
  { message, offset }: { message: string; offset: number },
): SettingsProblem => ({
  spot: { file: name, line: lineOf(offset) },
  path: '',
  message,
});

function toSetting(node: Node | null, file: File, depth: number): Setting {
  const spot = { file: file.name, line: file.lineOf(offsetOf(node)) };
  if (node === null) return { kind: 'nothing', spot };
  if (depth > MAX_DEPTH) throw new Unreadable('is nested too deeply', node);
  if (isAlias(node)) return toSetting(aliased(node, file), file, depth + 1);
  if (isSeq<Node>(node))
    return { kind: 'list', spot, items: node.items.map((item) => toSetting(item, file, depth + 1)) };
  if (isMap<Node, Node | null>(node)) return { kind: 'map', spot, entries: toEntries(node.items, file, depth) };
  if (!isScalar(node)) throw new Unreadable('is neither text nor list nor map', node);
  if (node.type !== 'PLAIN') return { kind: 'text', spot, text: String(node.value) };
  // A key without a value has empty text; one that says null is as good as not written.
  if (['~', 'null', 'Null', 'NULL'].includes(node.source ?? '')) return { kind: 'nothing', spot };
  return { kind: 'text', spot, text: String(node.value ?? ''), isPlain: true };
}

function aliased(alias: Alias, { document, tally }: File): Node | null {
  if (tally.aliases++ > MAX_ALIASES) throw new Unreadable('names aliases of aliases without end', alias);
  return alias.resolve(document) ?? null;
}

function toEntries(pairs: readonly Pair<Node, Node | null>[], file: File, depth: number): Map<string, Setting> {
  const entries = new Map<string, Setting>();
  for (const { key, value } of pairs) {
    if (isMergeKey(key)) continue;
    if (!isScalar(key)) throw new Unreadable('has a key that is not text', key);
    // A reader looks for the key; the value may stand on a later line.
    const spot = { file: file.name, line: file.lineOf(offsetOf(key)) };
    put(entries, String(key.value), { ...toSetting(value, file, depth + 1), spot });
  }
  const merged = pairs.filter(({ key }) => isMergeKey(key));
  for (const { key, value } of merged) mergeInto(entries, toSetting(value, file, depth + 1), key);
  return entries;
}

const isMergeKey = (key: Node): boolean => isScalar(key) && key.type === 'PLAIN' && key.value === '<<';

/** `<<: *defaults`: its keys are there unless they are written beside it, of several maps the first one's. */
function mergeInto(entries: Map<string, Setting>, from: Setting, key: Node): void {
  const maps = from.kind === 'list' ? from.items : [from];
  for (const map of maps) {
    if (map.kind !== 'map') throw new Unreadable('<< takes a map or a list of maps', key);
    for (const [name, setting] of map.entries) if (!entries.has(name)) entries.set(name, setting);
  }
}

/** `docker.enabled` is `enabled` in `docker`. */
function put(entries: Map<string, Setting>, dotted: string, setting: Setting): void {
  const [key = '', ...inner] = dotted.split('.');
  const nested = inner.length === 0 ? setting : nest(inner.join('.'), setting);
  const before = entries.get(key);
  entries.set(key, before ? overlaySetting(before, nested) : nested);
}
