import type { BakeQueue } from '@bakehouse/queue';

/** The queue as pipelines look bakes up in it: one that was removed is unknown at once, though its worker may still be clearing away after it. */
export function withoutRemoved(queue: BakeQueue): BakeQueue {
  const find: BakeQueue['find'] = async (id) => {
    const bake = await queue.find(id);
    return bake?.removed ? undefined : bake;
  };
  return {
    ...queue,
    find,
    list: async (query) => {
      const page = await queue.list(query);
      return { ...page, bakes: page.bakes.filter(({ removed }) => !removed) };
    },
    readLog: async (id, range) => ((await find(id)) ? queue.readLog(id, range) : undefined),
  };
}
