import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { no, type Result, yes } from '../result.ts';
import type { SettingsProblem } from './problem.ts';
import { overlaySetting, type Setting } from './setting.ts';

/** Reads a settings file and keeps the line of each setting. All that is not YAML is told at once. */
export function readYaml({ name, text }: { name: string; text: string }): Result<Setting, SettingsProblem[]> {
  const lines = new LineCounter();
  // Without a schema of its own YAML leaves text as it was written.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const file = { name, document, lineOf: (offset: number) => lines.linePos(offset).line };
  if (document.errors.length > 0) {
    return no(document.errors.map(({ message, pos }) => problem(file, { message, offset: pos[0] })));
  }
  try {
    return yes(toSetting(document.contents, file, 0));
  } catch (refused) {
    if (refused instanceof Unreadable) return no([problem(file, refused)]);
    throw refused;
  }
}

interface File {
  name: string;
  document: Document;
  lineOf: (offset: number) => number;
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
  if (isAlias(node)) return toSetting(node.resolve(file.document) ?? null, file, depth + 1);
  if (isSeq<Node>(node))
    return { kind: 'list', spot, items: node.items.map((item) => toSetting(item, file, depth + 1)) };
  if (isMap<Node, Node | null>(node)) return { kind: 'map', spot, entries: toEntries(node.items, file, depth) };
  if (!isScalar(node)) throw new Unreadable('is neither text nor list nor map', node);
  const isNothing = node.type === 'PLAIN' && ['', '~', 'null', 'Null', 'NULL'].includes(node.source ?? '');
  return isNothing ? { kind: 'nothing', spot } : { kind: 'text', spot, text: String(node.value) };
}

function toEntries(pairs: readonly Pair<Node, Node | null>[], file: File, depth: number): Map<string, Setting> {
  const entries = new Map<string, Setting>();
  for (const { key, value } of pairs) {
    if (!isScalar(key)) throw new Unreadable('has a key that is not text', key);
    // A reader looks for the key; the value may stand on a later line.
    const spot = { file: file.name, line: file.lineOf(offsetOf(key)) };
    put(entries, String(key.value), { ...toSetting(value, file, depth + 1), spot });
  }
  return entries;
}

/** `docker.enabled` is `enabled` in `docker`. */
function put(entries: Map<string, Setting>, dotted: string, setting: Setting): void {
  const [key = '', ...inner] = dotted.split('.');
  const nested = inner.reduceRight<Setting>(
    (inside, name) => ({ kind: 'map', spot: setting.spot, entries: new Map([[name, inside]]) }),
    setting,
  );
  const before = entries.get(key);
  entries.set(key, before ? overlaySetting(before, nested) : nested);
}
