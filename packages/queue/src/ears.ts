import type { Redis } from 'ioredis';
import { isAway } from './redis-away.ts';

/** One listening connection for any number of listeners. What is said while Redis is away is not heard: listeners look for themselves too. */
export interface Ears {
  /** `hear` gets an empty message when listening begins, since something may have been said before. Call what it answers to stop. */
  listen(channel: string, hear: (message: string) => void): () => void;
  close(): void;
}

export function openEars(redis: Redis, onTrouble: (error: Error) => void): Ears {
  const listeners = new Map<string, Set<(message: string) => void>>();
  redis.on('message', (channel, message) => {
    for (const hear of listeners.get(channel) ?? []) hear(message);
  });

  // The connection tells of outages itself.
  const tellUnlessAway = (error: unknown) =>
    isAway(error) || onTrouble(error instanceof Error ? error : new Error(String(error)));
  const leave = (channel: string, hear: (message: string) => void) => {
    const heard = listeners.get(channel);
    if (!heard?.delete(hear) || heard.size > 0) return;
    listeners.delete(channel);
    redis.unsubscribe(channel).catch(tellUnlessAway);
  };

  return {
    listen: (channel, hear) => {
      const heard = listeners.get(channel) ?? new Set();
      listeners.set(channel, heard.add(hear));
      // Not awaited: without Redis it would wait, and its listener has to find that out by looking.
      redis.subscribe(channel).then(() => hear(''), tellUnlessAway);
      return () => leave(channel, hear);
    },
    close: () => redis.disconnect(),
  };
}
