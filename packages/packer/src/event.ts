/** One line of Packer's machine-readable output. */
export type PackerEvent =
  /** Said to people; several lines with some builders. */
  | { kind: 'ui'; tone: 'say' | 'message' | 'error'; text: string }
  | { kind: 'artifact-count'; build: string; count: number }
  | { kind: 'artifact'; build: string; index: number; field: ArtifactField; value: string }
  | { kind: 'error'; build: string; message: string }
  | { kind: 'error-count'; count: number }
  /** In its tongue, and nothing to us: versions, template listings. */
  | { kind: 'other' }
  /** Not in its tongue: a crash banner, usage, what a linker or a shell had to say. */
  | { kind: 'stray'; text: string };

type ArtifactField = (typeof ARTIFACT_FIELDS)[number];

/** Reads one line, without its line end. Build names are found around the keyword, because Packer does not escape commas in them. */
export function parseLine(line: string): PackerEvent {
  const fields = line.split(',');
  if (fields.length < 3 || !/^\d+$/.test(fields[0] ?? '')) return { kind: 'stray', text: line };
  return fields[1] === '' ? unnamed(fields) : ofBuild(fields);
}

/** `%!(PACKER_COMMA)` → `,`. */
const unescapeCommas = (text: string): string => text.replaceAll(COMMA, ',');

/** Text for people: line ends too. Packer does not escape backslashes, so a printed `\n` becomes a line end as well. */
export const unescapeText = (text: string): string =>
  unescapeCommas(text).replaceAll('\\n', '\n').replaceAll('\\r', '\r');

export const COMMA = '%!(PACKER_COMMA)';

const ARTIFACT_FIELDS = ['builder-id', 'id', 'string', 'files-count', 'file', 'nil', 'end'] as const;

function unnamed([, , type = '', first = '', ...rest]: string[]): PackerEvent {
  if (type === 'error-count') return { kind: 'error-count', count: Number(first) || 0 };
  if (type !== 'ui') return { kind: 'other' };
  const text = unescapeText(rest.join(','));
  return { kind: 'ui', tone: first === 'say' || first === 'error' ? first : 'message', text };
}

function ofBuild(fields: string[]): PackerEvent {
  for (let k = 2; k < fields.length; k++) {
    const record = recordAt(fields, k);
    if (record) return record;
  }
  const k = fields[2] === 'error' ? 2 : fields.length - 2;
  if (fields[k] !== 'error') return { kind: 'other' };
  return { kind: 'error', build: targetOf(fields, k), message: unescapeText(fields.slice(k + 1).join(',')) };
}

function recordAt(fields: string[], k: number): PackerEvent | undefined {
  const [keyword, number = '', field = ''] = fields.slice(k);
  if (!/^\d+$/.test(number)) return undefined;
  const build = targetOf(fields, k);
  if (keyword === 'artifact-count') return { kind: 'artifact-count', build, count: Number(number) };
  if (keyword !== 'artifact' || !isArtifactField(field)) return undefined;
  return {
    kind: 'artifact',
    build,
    index: Number(number),
    field,
    value: unescapeValue(field, fields.slice(k + 3).join(',')),
  };
}

function unescapeValue(field: ArtifactField, raw: string): string {
  if (field === 'string') return unescapeText(raw);
  // A file comes with its number before it.
  return unescapeCommas(field === 'file' ? raw.slice(raw.indexOf(',') + 1) : raw);
}

const targetOf = (fields: string[], k: number): string => unescapeCommas(fields.slice(1, k).join(','));

const isArtifactField = (word: string): word is ArtifactField => (ARTIFACT_FIELDS as readonly string[]).includes(word);
