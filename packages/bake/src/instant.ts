import { z } from 'zod';

/** A moment in UTC as RFC 3339 text with milliseconds, so that a record reads the same in Redis, over HTTP and in a log. */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

export const instantOf = (moment: Date): Instant => moment.toISOString();
