import { BakeStatus } from './answers.ts';

/** What a pipeline's stage does next: `REBAKE` is its create call once more, `RUNNING` the same call after a while. */
export type Reaction = 'SUCCEEDED' | 'TERMINAL' | 'RUNNING' | 'REBAKE';

/** A poll of a bake's status, as it came over the wire. */
export interface Poll {
  /** The state that the stage remembers from the answer before. */
  previousState?: string | null | undefined;
  /** Absent when there was no answer: no connection, or silence for too long. */
  httpStatus?: number | null | undefined;
  state?: string | null | undefined;
  result?: string | null | undefined;
}

/** What Orca's monitor makes of an answer. A word that it does not know ends the stage. */
export function reactTo({ previousState, httpStatus, state, result }: Poll): Reaction {
  if (httpStatus === 404) return 'RUNNING';
  if (!isGood(httpStatus)) return isTriedLater('GET', httpStatus) ? 'RUNNING' : 'TERMINAL';

  const read = BakeStatus.pick({ state: true, result: true }).safeParse({ state, result });
  if (!read.success) return 'TERMINAL';
  switch (read.data.state) {
    case 'COMPLETED':
      return read.data.result === 'SUCCESS' ? 'SUCCEEDED' : 'TERMINAL';
    case 'CANCELED':
    case 'CANCELLED':
      return previousState === 'PENDING' ? 'REBAKE' : 'TERMINAL';
    default:
      return 'RUNNING';
  }
}

/** Whether Orca begins a task again, after its back-off, that met this; no status is no answer. */
export function isTriedLater(method: 'GET' | 'POST', httpStatus: number | null | undefined): boolean {
  if (method === 'POST') return httpStatus === 503;
  return httpStatus === null || httpStatus === undefined || PASSING.includes(httpStatus);
}

/** Whether the create task asks once more by itself, two seconds later. */
export const isTriedAtOnce = (httpStatus: number | undefined): boolean => httpStatus !== 400 && httpStatus !== 404;

export const isGood = (httpStatus: number | null | undefined): boolean =>
  httpStatus !== null && httpStatus !== undefined && httpStatus >= 200 && httpStatus < 300;

const PASSING = [429, 502, 503, 504];
