import type { Redis } from 'ioredis';

/** One listening connection for any number of listeners. What is said while Redis is away is not heard: listeners look for themselves too. */
export interface Ears {
  /** Resolves once the channel is heard; call what it answers to stop. */
  listen(channel: string, hear: (message: string) => void): Promise<() => void>;
  close(): void;
}

export function openEars(redis: Redis, onTrouble: (error: Error) => void): Ears {
  const listeners = new Map<string, Set<(message: string) => void>>();
  redis.on('message', (channel, message) => {
    for (const hear of listeners.get(channel) ?? []) hear(message);
  });

  const leave = (channel: string, hear: (message: string) => void) => {
    const heard = listeners.get(channel);
    if (!heard?.delete(hear) || heard.size > 0) return;
    listeners.delete(channel);
    redis.unsubscribe(channel).catch((error) => redis.status !== 'end' && onTrouble(error));
  };

  return {
    listen: async (channel, hear) => {
      const heard = listeners.get(channel) ?? new Set();
      heard.add(hear);
      listeners.set(channel, heard);
      await redis.subscribe(channel);
      return () => leave(channel, hear);
    },
    close: () => redis.disconnect(),
  };
}
