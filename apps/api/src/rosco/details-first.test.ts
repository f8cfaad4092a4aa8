import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBakery, type TestBakery } from '../testing/open-bakery.ts';

const BAKES = 200;

let bakery: TestBakery;
beforeAll(async () => {
  bakery = await openBakery(inject('redisUrl'));
  await bakery.startWorker();
  await bakery.startWorker();
});
afterAll(() => bakery.close());

const get = (path: string) => bakery.api.inject(path);

/** How often the status was RUNNING, and what the details said the moment it was COMPLETED. */
async function watch(id: string): Promise<{ polls: number; details: number }> {
  for (let polls = 0; ; polls++) {
    const { state } = (await get(`/api/v1/here/status/${id}`)).json();
    if (state === 'COMPLETED') return { polls, details: (await get(`/api/v1/here/bake/${id}`)).statusCode };
    expect(state).toBe('RUNNING');
    await nextTurn();
  }
}

test('whoever first sees COMPLETED has the details at once, in each of many bakes that are watched without a pause', async () => {
  const watched: { polls: number; details: number }[] = [];
  for (let begun = 0; begun < BAKES; begun += 10) {
    const ids = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const payload = {
          cloud_provider_type: 'local',
          base_os: 'bookworm',
          extended_attributes: { nonce: begun + index },
        };
        return (await bakery.api.inject({ method: 'POST', url: '/api/v1/here/bake', payload })).json().id;
      }),
    );
    watched.push(...(await Promise.all(ids.map(watch))));
  }
  expect(watched.map(({ details }) => details)).toEqual(Array.from({ length: BAKES }, () => 200));
  // Most were met while they ran, so that their end was seen when it came.
  expect(watched.filter(({ polls }) => polls > 0).length).toBeGreaterThan(BAKES / 2);
});
