import { openLanes } from '../lanes.ts';
import { makeRounds } from '../rounds.ts';
import { aBakery } from './bakery.ts';

/** A bakery with a queue, whose rounds are made when the test says so. `whenOver` is given what closes it. */
export async function aWalkedBakery(
  redisUrl: string,
  whenOver: (close: () => Promise<void>) => void,
  settings: object = { retention: { days: 2 } },
) {
  const bakery = aBakery(redisUrl);
  whenOver(bakery.close);
  const store = { redis: bakery.redis, names: bakery.names };
  const lanes = openLanes(store, bakery.onTrouble);
  bakery.closes(() => lanes.close());
  const walk = (now = new Date()) => makeRounds({ store, lanes, onTrouble: bakery.onTrouble }, now);
  return { bakery, store, queue: await bakery.open(settings), walk };
}
