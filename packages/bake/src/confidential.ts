import type { Value, Variables } from './variable.ts';

/** What is known of a recipe's variables when it is asked which of them nobody may read. */
export interface Confidence {
  /** Names that the operator masks: whatever their value, wherever it comes from. */
  masked: readonly string[];
  /** Names of the provider's and the operator's secrets, which a caller says instead. */
  secrets: readonly string[];
  /** Names that the request says. Of the rest the provider knows which are secrets. */
  asked: readonly string[];
}

/** Splits variables into those that may be read and those that only the worker may, which travel apart. */
export function setApart(variables: Variables, confidence: Confidence): { open: Variables; confided: Variables } {
  const entries = Object.entries(variables);
  const isConfidential = judge(confidence);
  const apart = entries.filter(([name, value]) => isConfidential(name, value));
  const names = new Set(apart.map(([name]) => name));
  return {
    open: Object.fromEntries(entries.filter(([name]) => !names.has(name))),
    confided: Object.fromEntries(apart),
  };
}

/** A request may bring many variables, so that none is looked for in a list. */
function judge(confidence: Confidence): (name: string, value: Value) => boolean {
  const masked = new Set(confidence.masked);
  const secrets = new Set(confidence.secrets);
  const asked = new Set(confidence.asked);
  return (name, value) => masked.has(name) || (asked.has(name) && (secrets.has(name) || looksSecret(name, value)));
}

/** Whether a variable, or a member of one that is a map, is a secret by its name and by having something to hide. */
export function looksSecret(name: string, value: Value): boolean {
  if (SIGNS.some((sign) => sign.name.test(name) && wordsIn(value).some((word) => word.length >= sign.atLeast)))
    return true;
  if (value === null || typeof value !== 'object') return false;
  const members = Array.isArray(value) ? value.map((item) => ['', item] as const) : Object.entries(value);
  return members.some(([member, inner]) => looksSecret(member, inner));
}

/** Short text under `…_key`, `ssh-key`, `apikey` or `deployKey` is a word, such as the name of a key; switches are never secrets. */
const SIGNS: readonly { name: RegExp; atLeast: number }[] = [
  { name: /password|passwd|pass[-_. ]?phrase|secret|token/i, atLeast: 1 },
  { name: /(?:[-_. ]|api)key$/i, atLeast: 16 },
  { name: /[a-z]Key$/, atLeast: 16 },
];

/** The text and the numbers in a value, each as text, at any depth: what a log may not show of a confided one. */
export function wordsIn(value: Value): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(wordsIn);
}
