import { createHash } from 'node:crypto';
import type { BakeState } from '@bakehouse/bake';

export const DEFAULT_PREFIX = '{bakehouse}';

/** Why a key of that kind is not litter: who ends it, or that it ends by itself. Every key is `<prefix>:<kind>` or `<prefix>:<kind>:<rest>`. */
export const OWNERS = {
  // One bake. A live one is its own owner and has a job; an ended one has a time to live.
  bake: 'itself while it lives, then a time to live',
  log: 'its bake while that lives, then a time to live',
  'sealed-log': 'a time to live',
  // The executions that use a bake; a bake without the set is used by somebody else too.
  users: 'its bake while that lives, then a time to live',
  // Which bake stands for a key.
  key: 'its bake while that lives, then a time to live',
  once: 'a time to live',
  // Template trees by digest.
  bundle: 'its users; without any, a time to live',
  'bundle-users': 'the live bakes in it',
  // Sorted sets of bake ids by the order in which they were asked for.
  index: 'the bakes in it; those by a caller’s word have a time to live too',
  // One each.
  ended: 'the ended bakes in it, by when they are forgotten',
  unsealed: 'the bakes in it whose log is still a stream',
  sequence: 'the bakery: one number',
  rounds: 'a time to live',
  worker: 'a time to live',
  workers: 'the workers in it; pruned when read',
} as const;
export type KeyKind = keyof typeof OWNERS;

/** Every key and channel the bakery uses in Redis. The prefix has a hash tag, so that all of it is in one slot of a cluster. */
export function namesUnder(prefix: string) {
  const name = (kind: KeyKind, rest?: string): string =>
    rest === undefined ? `${prefix}:${kind}` : `${prefix}:${kind}:${rest}`;
  return {
    prefix,
    bake: (id: string) => name('bake', id),
    log: (id: string) => name('log', id),
    sealedLog: (id: string) => name('sealed-log', id),
    users: (id: string) => name('users', id),
    standing: (key: string) => name('key', key),
    once: (key: string) => name('once', key),
    bundle: (digest: string) => name('bundle', digest),
    index: {
      all: name('index', 'all'),
      state: (state: BakeState) => name('index', `state:${state}`),
      provider: (provider: string) => name('index', `provider:${provider}`),
      /** `name=value`. */
      label: (label: string) => name('index', `label:${label}`),
      key: (key: string) => name('index', `key:${key}`),
      image: (image: string) => name('index', `image:${image}`),
      /** By its tag. */
      execution: (tag: string) => name('index', `execution:${tag}`),
    },
    ended: name('ended'),
    unsealed: name('unsealed'),
    sequence: name('sequence'),
    rounds: name('rounds'),
    worker: (id: string) => name('worker', id),
    workers: name('workers'),
    /** BullMQ's queue of a lane; BullMQ owns `<prefix>:bakes-<lane>:*` and drops old jobs by count and age. */
    lane: (lane: string) => `bakes-${lane}`,
    job: (lane: string, id: string) => `${prefix}:bakes-${lane}:${jobIdOf(id)}`,
    /** Channel: a bake has new lines, or has ended. */
    said: (id: string) => `${prefix}:said:${id}`,
    /** Channel: ids of bakes that are to stop. */
    stop: `${prefix}:stop`,
  };
}

/**
 * What BullMQ calls the job of a bake. Callers choose ids, and BullMQ gives numbers out itself and keeps keys of its own where jobs are (`wait`, `meta`, …): a job under
 * such a name would stop its lane for good.
 */
export const jobIdOf = (id: string): string => `${JOB}${id}`;

/** The bake that a job of that id is for. */
export const bakeOfJob = (jobId: string): string => jobId.slice(JOB.length);

const JOB = 'bake-';

/** An execution group as Redis knows it: callers may send a name as long as a body, and keys are short. */
export const tagOf = (group: string): string =>
  group.length <= 128 ? group : createHash('sha256').update(group).digest('hex');

export type Names = ReturnType<typeof namesUnder>;

/** The same names for scripts, which meet bakes that their caller could not name; `ARGV[1]` is the prefix. */
export const namesForScripts = `
local PREFIX = ARGV[1]
local function name(kind, rest) return PREFIX .. ':' .. kind .. ':' .. rest end
local function job(lane, id) return PREFIX .. ':bakes-' .. lane .. ':${JOB}' .. id end
local ENDED, UNSEALED, SEQUENCE, STOP = PREFIX .. ':ended', PREFIX .. ':unsealed', PREFIX .. ':sequence', PREFIX .. ':stop'
`;
