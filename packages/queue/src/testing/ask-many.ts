import { BakerySettings } from '@bakehouse/bake';
import { openQueue } from '../open-queue.ts';
import { aPlan } from './plans.ts';

/** A producer of its own: asks so many times for the same image, all at once, and prints what it was answered. */
const [redisUrl = '', prefix = '', name = '', times = '0', key = ''] = process.argv.slice(2);

const queue = await openQueue({ redisUrl, prefix, settings: BakerySettings.parse({}), onTrouble: () => undefined });
process.stdout.write('ready\n');
// Both producers begin when told to.
process.stdin.once('data', async () => {
  const now = new Date();
  const asked = Array.from({ length: Number(times) }, (_, at) =>
    queue.submit(aPlan(key), { id: `${name}-${at}`, now, ifTwin: 'join' }),
  );
  const answers = (await Promise.all(asked)).map(({ answer, bake }) => ({ answer, id: bake.id }));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
  await queue.close();
  process.stdin.destroy();
});
