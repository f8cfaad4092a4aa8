import { no, type Result, yes } from '../result.ts';

/** Finds a value by the name in a placeholder; `undefined` where there is none. The value may hold placeholders itself. */
export type LookUp = (name: string) => string | undefined;

/**
 * Fills in `${NAME}` and `${NAME:default}`, placeholders within placeholders too. The refusal names the placeholder that has neither a
 * value nor a default, or that needs itself.
 */
export function fillIn(text: string, lookUp: LookUp, within: readonly string[] = []): Result<string, string> {
  const start = text.indexOf('${');
  const end = start < 0 ? -1 : closingBrace(text, start + 2);
  if (end < 0) return yes(text);

  const filled = lookedUp(text.slice(start + 2, end), lookUp, within);
  if (!filled.ok) return filled;
  const rest = fillIn(text.slice(end + 1), lookUp, within);
  return rest.ok ? yes(`${text.slice(0, start)}${filled.value}${rest.value}`) : rest;
}

function lookedUp(inside: string, lookUp: LookUp, within: readonly string[]): Result<string, string> {
  const colon = topColon(inside);
  const name = fillIn(colon < 0 ? inside : inside.slice(0, colon), lookUp, within);
  if (!name.ok) return name;
  if (within.includes(name.value)) return no(`\${${name.value}} needs itself: ${[...within, name.value].join(' → ')}`);

  const found = lookUp(name.value);
  if (found !== undefined) return fillIn(found, lookUp, [...within, name.value]);
  if (colon >= 0) return fillIn(inside.slice(colon + 1), lookUp, within);
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
