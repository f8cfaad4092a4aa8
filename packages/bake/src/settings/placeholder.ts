import { no, type Result, yes } from '../result.ts';

/** Finds a value by the name in a placeholder; `undefined` where there is none. The value may hold placeholders itself. */
export type LookUp = (name: string) => string | undefined;

/**
 * Fills in `${NAME}` and `${NAME:default}`, placeholders within placeholders too. The refusal names the placeholder that has neither a
 * value nor a default, or that needs itself, or the text that would go on and on.
 */
export function fillIn(text: string, lookUp: LookUp): Result<string, string> {
  return fill(text, { lookUp, within: [], depth: 0, tally: { filled: 0 } });
}

/** Where a text stands. */
interface Within {
  lookUp: LookUp;
  /** The names that are being filled in, outermost first. */
  within: readonly string[];
  depth: number;
  /** Shared by all of one text: values that hold two placeholders each would double without end. */
  tally: { filled: number };
}

const MOST = { depth: 40, filled: 100_000 };

function fill(text: string, at: Within): Result<string, string> {
  if (at.depth > MOST.depth) return no(`the placeholders in ${text.slice(0, 40)} are nested too deeply`);
  let filled = '';
  let rest = text;
  for (;;) {
    const start = rest.indexOf('${');
    const end = start < 0 ? -1 : closingBrace(rest, start + 2);
    if (end < 0) return yes(filled + rest);
    if (at.tally.filled++ > MOST.filled) return no(`the placeholders in ${text.slice(0, 40)} lead to too many others`);

    const value = lookedUp(rest.slice(start + 2, end), { ...at, depth: at.depth + 1 });
    if (!value.ok) return value;
    filled += rest.slice(0, start) + value.value;
    rest = rest.slice(end + 1);
  }
}

function lookedUp(inside: string, at: Within): Result<string, string> {
  const colon = topColon(inside);
  const name = fill(colon < 0 ? inside : inside.slice(0, colon), at);
  if (!name.ok) return name;
  const { within, lookUp } = at;
  if (within.includes(name.value)) return no(`\${${name.value}} needs itself: ${[...within, name.value].join(' → ')}`);

  const found = lookUp(name.value);
  if (found !== undefined) return fill(found, { ...at, within: [...within, name.value] });
  if (colon >= 0) return fill(inside.slice(colon + 1), at);
  return no(`\${${name.value}} has no value: set it in the environment, or write a default, \${${name.value}:…}`);
}

/** Index of the brace that closes a placeholder whose inside begins at `from`; -1 where none does. */
function closingBrace(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && depth-- === 0) return at;
  }
  return -1;
}

/** The first colon that is not part of a placeholder within. */
function topColon(inside: string): number {
  let depth = 0;
  for (let at = 0; at < inside.length; at++) {
    if (inside.startsWith('${', at)) depth++;
    else if (inside[at] === '}') depth--;
    else if (inside[at] === ':' && depth === 0) return at;
  }
  return -1;
}
