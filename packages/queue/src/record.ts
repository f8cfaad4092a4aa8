import { Bake, type BakeEnding, type BakePlan, type BakerySettings, endingOf, instantOf } from '@bakehouse/bake';
import type { SubmitOptions } from './bake-queue.ts';

/** A bake's hash in Redis: what never changes as one JSON text, what changes as fields that scripts can read. */
export type BakeRecord = Readonly<Record<string, string>>;

/** The fields of a new record; scripts add `state`, `sequence`, `key`, `bundle` and `attempts`. */
export function writeRecord(
  plan: BakePlan,
  { id, now, execution, confided }: SubmitOptions,
  settings: BakerySettings,
): BakeRecord {
  const { key, lane, priority, labels, packages, ci, matches, recipe } = plan;
  return {
    identity: JSON.stringify({
      id,
      key,
      lane,
      priority,
      labels,
      packages,
      askedAt: instantOf(now),
      ci,
      matches,
      execution,
      recipe,
    }),
    lane,
    // Beside the identity, which stays as long as the record.
    ...(confided === undefined ? {} : { confided }),
    // A bake keeps the rules it was taken in under, so that workers need no settings.
    maxAttempts: `${settings.attempts}`,
    retryDelayMs: `${settings.retryDelaySeconds * 1000}`,
    keepMs: `${settings.retention.days * 86_400_000}`,
  };
}

/** Reads a record back; undefined for a hash that is not there. Throws when it is no bake: another version wrote it, or another program. */
export function toBake(record: BakeRecord): Bake | undefined {
  if (record['identity'] === undefined) return undefined;
  return Bake.parse({
    ...JSON.parse(record['identity']),
    state: record['state'],
    attempts: Number(record['attempts']),
    ...present('lastFailure', record['lastFailure'], JSON.parse),
    ...present('startedAt', record['startedAt'], String),
    ...present('worker', record['worker'], String),
    ...present('phases', record['phases'], phasesOf),
    stopping: record['stopping'] === '1',
    ...(record['removed'] === '1' ? { removed: true } : {}),
    ...present('finishedAt', record['finishedAt'], String),
    ...present('artifacts', record['artifacts'], JSON.parse),
    ...present('failure', record['failure'], JSON.parse),
    ...present('reason', record['reason'], String),
    ...present('stopReason', record['stopReason'], String),
  });
}

/** A hash as a script answers it: fields and values in turn. */
export function recordOf(flat: readonly string[]): BakeRecord {
  return Object.fromEntries(flat.flatMap((field, index) => (index % 2 === 0 ? [[field, flat[index + 1] ?? '']] : [])));
}

/** How a bake ended, from the record that a script answers with; undefined where it answers with none, or the bake has not ended. */
export function endingIn(flat: readonly string[] | undefined): BakeEnding | undefined {
  const bake = toBake(recordOf(flat ?? []));
  return bake && endingOf(bake);
}

const present = <T>(field: string, text: string | undefined, read: (text: string) => T): Record<string, T> =>
  text === undefined ? {} : { [field]: read(text) };

/** `staging@<instant> building@<instant> ` */
const phasesOf = (text: string): { phase: string | undefined; at: string | undefined }[] =>
  text.split(' ').flatMap((entry) => (entry === '' ? [] : [{ phase: entry.split('@')[0], at: entry.split('@')[1] }]));
