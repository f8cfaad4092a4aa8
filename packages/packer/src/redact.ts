/** Hides secrets in text for people. */
export interface Redactor {
  /** The text, or its first `length` characters, with every secret masked; one that lies across the end is masked whole. */
  redact(text: string, length?: number): string;
  /** Bytes of the longest form of a secret as Packer prints it: what a cut line must hold beyond its end. */
  readonly reach: number;
}

/** As Packer itself masks. */
export const MASK = '<sensitive>';

/** Anything shorter is no secret but a guess away, and masking it would blacken half the log. */
const SHORTEST = 4;

/**
 * Knows each value as it is and as programs usually print it: line by line, escaped for JSON, a URI or a shell, in
 * base64 at any alignment, and after Packer's own escaping. Values under four characters are not masked. What
 * `patterns` match is masked too, though nobody knew it before; each needs the flag `g`.
 */
export function makeRedactor(secrets: readonly string[], patterns: readonly RegExp[] = []): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form.length >= SHORTEST);
  forms.sort((a, b) => b.length - a.length);

  const any = new RegExp(forms.map(asPattern).join('|'));
  return {
    redact(text, length = text.length) {
      const known = forms.length > 0 && any.test(text) ? spansOf(text, forms) : [];
      const spans = [...known, ...patterns.flatMap((pattern) => matchesOf(text, pattern))];
      return mask(text, length, spans.sort(byStart));
    },
    reach: Math.max(0, ...forms.map(printedLength)),
  };
}

interface Span {
  start: number;
  end: number;
}

function formsOf(secret: string): string[] {
  const values = [secret, secret.trim(), ...secret.split(/\r?\n/), ...secret.split(/\r?\n/).map((line) => line.trim())];
  return [...new Set(values)].filter((value) => value.length >= SHORTEST).flatMap(printedForms);
}

function printedForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const uri = encodeURIComponent(value);
  const strictUri = uri.replaceAll(/[!'()*]/g, percent);
  const uris = [uri, strictUri, uri.replaceAll('%20', '+'), strictUri.replaceAll('%20', '+')];
  const forms = [
    value,
    json,
    // Go writes these three as code points.
    json.replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    ...uris,
    ...uris.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll(/["\\$`]/g, '\\$&'),
    value.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    ...base64Forms(Buffer.from(value)),
  ];
  // Packer does not escape backslashes: a printed \n comes back as a line end.
  return forms.flatMap((form) => [form, form.replaceAll('\\n', '\n').replaceAll('\\r', '\r')]);
}

function base64Forms(value: Buffer): string[] {
  const aligned = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), value]).toString('base64');
    // Only characters that hold nothing but bits of the secret: its neighbours change the others.
    return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + value.length) * 8) / 6));
  });
  const whole = value.toString('base64');
  const wrapped = [64, 76].flatMap((width) =>
    whole.length > width ? (whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? []) : [],
  );
  const standard = [whole, ...aligned, ...wrapped];
  return [...standard, ...standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

function spansOf(text: string, forms: readonly string[]): Span[] {
  return forms.flatMap((form) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1))
      spans.push({ start: at, end: at + form.length });
    return spans;
  });
}

const matchesOf = (text: string, pattern: RegExp): Span[] =>
  [...text.matchAll(pattern)].map(({ 0: match, index }) => ({ start: index, end: index + match.length }));

const byStart = (a: Span, b: Span): number => a.start - b.start;

function mask(text: string, length: number, spans: readonly Span[]): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of spans) {
    if (start >= length) break;
    // Secrets that overlap become one mask, so that no rest of either stays.
    if (start >= at) shown += `${text.slice(at, start)}${MASK}`;
    at = Math.max(at, end);
  }
  return at >= length ? shown : shown + text.slice(at, length);
}

/** Packer spends sixteen characters on a comma and two on a line end. */
function printedLength(form: string): number {
  const escaped = [...form.matchAll(/[,\r\n]/g)].map(([sign]) => (sign === ',' ? 15 : 1));
  return Buffer.byteLength(form) + escaped.reduce((sum, extra) => sum + extra, 0);
}

const asPattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
