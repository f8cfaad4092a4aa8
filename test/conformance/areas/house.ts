import type { openBakery, TestBakery } from '../../../apps/api/src/testing/open-bakery.ts';
import { type OwnRedis, startOwnRedis } from '../../support/redis-server.ts';

/** Asks a real server over a real queue, which are there for this one question. */
export async function inHouse<T>(
  how: NonNullable<Parameters<typeof openBakery>[1]>,
  ask: (house: TestBakery) => Promise<T>,
): Promise<T> {
  redis ??= startOwnRedis();
  const { openBakery: open } = await import('../../../apps/api/src/testing/open-bakery.ts');
  const house = await open((await redis).url, how);
  try {
    return await ask(house);
  } finally {
    await house.close();
  }
}

/** For the end of the run. */
export async function closeHouse(): Promise<void> {
  await (await redis)?.remove();
  redis = undefined;
}

/** One for the run, started by the first vector that wants it; each house has keys of its own. */
let redis: Promise<OwnRedis> | undefined;
