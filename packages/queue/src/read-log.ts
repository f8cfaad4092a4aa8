import type { Bake } from '@bakehouse/bake';
import type { LogRange } from './bake-queue.ts';
import { lastLines, piecesAfter, type Stretch, stretchesOf, unpack } from './log-entries.ts';
import type { LogPage, LogPiece } from './log-page.ts';
import { answersOf, type Store } from './store.ts';

/** A stretch of a log as followers read it: what is there after a cursor, and whether more can come. */
export interface LogReading extends LogPage {
  state: Bake['state'];
  /** There was no more when it was read. */
  exhausted: boolean;
}

/** Reads what is kept of a log after a line, all of it or the last lines. */
export async function readLog(store: Store, id: string, { from = 0, tail }: LogRange): Promise<LogPage | undefined> {
  const pieces: LogPiece[] = [];
  let cursor = from;
  while (true) {
    const reading = await readAfter(store, id, cursor);
    if (!reading) return undefined;
    pieces.push(...reading.pieces);
    cursor = reading.cursor;
    if (reading.exhausted) return { pieces: tail === undefined ? pieces : lastLines(pieces, tail), cursor };
  }
}

const STRIDE = 50;

/** One page after a line, from the stream or from the sealed log, whichever it is at that moment. */
export async function readAfter(store: Store, id: string, after: number): Promise<LogReading | undefined> {
  const { redis, names } = store;
  const look = redis
    .multi()
    .hget(names.bake(id), 'state')
    .exists(names.sealedLog(id))
    .xrange(names.log(id), `${after + 1}-0`, '+', 'COUNT', STRIDE);
  const [state, isSealed, entries] = (await answersOf(look)) as [Bake['state'] | null, number, [string, string[]][]];
  if (state === null) return undefined;
  const stretches = isSealed === 1 ? await readSealed(store, id) : stretchesOf(entries);
  return { ...piecesAfter(after, stretches), state, exhausted: isSealed === 1 || entries.length < STRIDE };
}

async function readSealed({ redis, names }: Store, id: string): Promise<Stretch[]> {
  const value = await redis.getBuffer(names.sealedLog(id));
  return value ? unpack(value) : [];
}
