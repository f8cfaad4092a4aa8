import { isDeepStrictEqual } from 'node:util';
import type { Vector } from './vector.ts';

/** What became of one vector. `not yet` is an area that no code answers: it says nothing about the code. */
export type Verdict =
  | { is: 'passed' }
  | { is: 'failed'; got: unknown }
  | { is: 'deviation'; row: Deviation }
  | { is: 'not yet'; because: string };

/** Holds a vector of one area against the code. */
export type Check = (vector: Vector) => Verdict | Promise<Verdict>;

/** The rows of the table of wanted deviations that a vector can fall under; the text is printed beside the count. */
export const DEVIATIONS = {
  D1: 'variables go in a file, not on the command line',
  D2: 'false and 0 reach Packer',
  D3: 'results come from records, not from prose in a log',
  D5: 'names that leave the template directory are refused',
  D7: 'a create that belongs to no execution is taken',
  D9: 'a region without an image is said to have none, with those that have',
  D10: 'a good end without an image is a failure',
  D12: 'more is said of a failure, to those who know the member',
  D13: 'passwords in addresses are shown nowhere',
  D14: 'sudo is the worker’s to allow',
  D15: 'a package is its text, never a pattern',
  D16: 'what crashed is refused with a reason',
  D19: 'manifests are another bakery’s',
  D20: 'a name that the reference forgot to fill in is filled in',
  D21: 'an empty base_ami is none, and does not blank the source image',
  D22: 'pages of other origins change nothing',
  D23: 'each api tells what the whole fleet has in hand',
} as const;
export type Deviation = keyof typeof DEVIATIONS;

export const PASSED: Verdict = { is: 'passed' };
export const failed = (got: unknown): Verdict => ({ is: 'failed', got });
export const deviation = (row: Deviation): Verdict => ({ is: 'deviation', row });
export const notYet = (because: string): Verdict => ({ is: 'not yet', because });

/** Equal as JSON is: the order of members does not matter, that of items does. */
export const compare = (expected: unknown, got: unknown): Verdict =>
  isDeepStrictEqual(asJson(expected), asJson(got)) ? PASSED : failed(got);

const asJson = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));
