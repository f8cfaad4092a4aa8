import { type BakeRecipe, credentialsIn, providers } from '@bakehouse/bake';
import { secretsIn } from './environment.ts';
import type { Kitchen } from './packer-run.ts';
import { printedForms } from './printed-forms.ts';

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

/** Hides what no line of a bake may show: values that were named, credentials in the environment and in addresses of the recipe, and what is secret at the provider. */
export const redactorFor = (
  { provider, variables }: BakeRecipe,
  { secrets, environment }: Pick<Kitchen, 'secrets' | 'environment'>,
): Redactor =>
  makeRedactor(
    [...secrets, ...secretsIn(environment), ...credentialsIn({ ...variables })],
    providers[provider]?.secretPatterns,
  );

/**
 * Knows each value as it is and as programs usually print it, whole and line by line. Values under four characters are not masked. What
 * `patterns` match is masked too, though nobody knew it before; each needs the flag `g`.
 */
export function makeRedactor(secrets: readonly string[], patterns: readonly RegExp[] = []): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form.length >= SHORTEST);
  const find = forms.length > 0 ? makeFinder(forms) : () => [];
  return {
    redact(text, length = text.length) {
      const spans = [...find(text), ...patterns.flatMap((pattern) => matchesOf(text, pattern))];
      return mask(text, length, spans.sort(byStart));
    },
    reach: forms.reduce((longest, form) => Math.max(longest, printedLength(form)), 0),
  };
}

interface Span {
  start: number;
  end: number;
}

function formsOf(secret: string): string[] {
  // Half a character, which JSON may hold, comes out of every program as a sign of its own.
  const whole = Buffer.from(secret).toString();
  const lines = whole.split(/\r?\n/);
  const values = [whole, whole.trim(), ...lines, ...lines.map((line) => line.trim())];
  return [...new Set(values)].filter((value) => value.length >= SHORTEST).flatMap(printedForms);
}

/** Finds forms in a text in one pass, however many they are: by their first four characters, which hardly occur elsewhere. */
function makeFinder(forms: readonly string[]): (text: string) => Span[] {
  const byStem = new Map<string, string[]>();
  for (const form of forms) {
    const stem = form.slice(0, SHORTEST);
    const alike = byStem.get(stem);
    if (alike) alike.push(form);
    else byStem.set(stem, [form]);
  }
  const mayBegin = makeSieve(byStem);
  return (text) => {
    const spans: Span[] = [];
    for (let at = 0; at <= text.length - SHORTEST; at++) {
      if (!mayBegin(text, at)) continue;
      const forms = byStem.get(text.slice(at, at + SHORTEST)) ?? [];
      const here = forms.filter((form) => text.startsWith(form, at));
      spans.push(...here.map((form) => ({ start: at, end: at + form.length })));
    }
    return spans;
  };
}

/** Rules out most places by one look into a table: to cut out each stem and look it up would be ten times slower. */
function makeSieve(stems: ReadonlyMap<string, unknown>): (text: string, at: number) => boolean {
  const bits = Math.min(22, Math.max(16, Math.ceil(Math.log2(stems.size * 16))));
  const table = new Uint8Array(2 ** bits);
  const last = table.length - 1;
  for (const stem of stems.keys()) table[hashAt(stem, 0) & last] = 1;
  return (text, at) => table[hashAt(text, at) & last] === 1;
}

/** Of four characters. */
const hashAt = (text: string, at: number): number =>
  (text.charCodeAt(at) * 31 +
    text.charCodeAt(at + 1) * 961 +
    text.charCodeAt(at + 2) * 29_791 +
    text.charCodeAt(at + 3) * 923_521) |
  0;

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
