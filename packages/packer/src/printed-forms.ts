/**
 * A text as programs usually print it: escaped for JSON in the ways of several languages, for XML, a URI or a shell, in hex, in base64 at
 * any alignment, and each after Packer's own escaping. Some forms are the same.
 */
export function printedForms(value: string): string[] {
  const forms = [
    value,
    ...jsonForms(value),
    ...xmlForms(value),
    ...uriForms(value),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll(/["\\$`]/g, '\\$&'),
    value.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    ...hexForms(Buffer.from(value).toString('hex')),
    ...base64Forms(Buffer.from(value)),
  ];
  // Packer does not escape backslashes: a printed \n comes back as a line end.
  return forms.flatMap((form) => [form, form.replaceAll('\\n', '\n').replaceAll('\\r', '\r')]);
}

/** Which signs a JSON writer leaves as they are is its own affair; all agree on quotes, backslashes and control characters. */
function jsonForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [json, json.replaceAll('/', '\\/')].flatMap((text) => [
    text,
    ...CODED.flatMap((signs) => asCodes(text, signs)),
  ]);
}

/** Go; Python; PHP and older .NET; newer .NET. */
const CODED = [/[<>&\u2028\u2029]/g, /[\u0080-\uffff]/g, /[<>&'\u0080-\uffff]/g, /[<>&'+`\u007f-\uffff]|\\"/g];

/** A quote that JSON has escaped already loses its backslash to its code. */
function asCodes(json: string, signs: RegExp): string[] {
  const coded = (hex: (code: string) => string): string =>
    json.replaceAll(
      signs,
      (sign) =>
        `\\u${hex(
          sign
            .charCodeAt(sign.length - 1)
            .toString(16)
            .padStart(4, '0'),
        )}`,
    );
  return [coded((code) => code), coded((code) => code.toUpperCase())];
}

function xmlForms(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quotes = [
    ['"', "'"],
    ['&quot;', "'"],
    ['&quot;', '&apos;'],
    ['&quot;', '&#39;'],
    ['&quot;', '&#x27;'],
    ['&#34;', '&#39;'],
    ['&#x22;', '&#x27;'],
  ];
  return quotes.map(([double = '', single = '']) => text.replaceAll('"', double).replaceAll("'", single));
}

function uriForms(value: string): string[] {
  const uri = encodeURIComponent(value);
  const strictUri = uri.replaceAll(/[!'()*]/g, percent);
  const uris = [uri, strictUri, uri.replaceAll('%20', '+'), strictUri.replaceAll('%20', '+')];
  return [...uris, ...uris.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

const hexForms = (hex: string): string[] => [hex, hex.toUpperCase()];

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

const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
