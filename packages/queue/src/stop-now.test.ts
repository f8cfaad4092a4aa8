import { expect, onTestFinished, test } from 'vitest';
import { startOwnRedis } from '../../../test/support/redis-server.ts';
import { aBakery, ask, pause, until } from './testing/bakery.ts';

test('a worker that is to stop at once does not wait for a Redis that is away, and another one bakes what it held', async () => {
  const server = await startOwnRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  const bakery = aBakery(server.url);
  onTestFinished(async () => {
    await server.start();
    await bakery.close();
    await server.remove();
  });
  const patience = { lockMs: 1_000, checkEveryMs: 500, losses: 2 };
  const queue = await bakery.open();
  const { id } = await ask(queue);
  let begins = 0;
  let stops = 0;
  const worker = await bakery.consume({
    patience,
    // As Packer's last lines do.
    bake: async ({ signal, say }) => {
      begins += 1;
      while (!signal.aborted) await pause(20);
      stops += 1;
      await say(['stopped']);
      return 'stopped';
    },
  });
  // In hand it is a moment before.
  await until(async () => begins === 1, 'the bake is begun');

  await server.stop();
  worker.stopNow();
  await worker.drain();
  await worker.close();
  expect(stops).toBe(1);

  await server.start();
  const begun: string[] = [];
  await bakery.consume({
    patience,
    bake: async (hand) => {
      begun.push(hand.id);
      return 'stopped';
    },
  });
  await until(async () => begun.includes(id), 'another worker has it');
});
