import { consumeBakes } from '../consume-bakes.ts';
import { untilStopped } from './bakery.ts';

/** A worker of its own that says which bake it holds and never ends one: a test kills it. */
const [redisUrl = '', prefix = '', patience = '{}'] = process.argv.slice(2);

await consumeBakes({
  ...{ redisUrl, prefix, workerId: `doomed-${process.pid}@test`, lanes: ['default'], slots: 1, packer: '1.6.6' },
  patience: JSON.parse(patience),
  onTrouble: () => undefined,
  bake: async (hand) => {
    await hand.say([`held by ${process.pid}`]);
    process.stdout.write(`${hand.id}\n`);
    return untilStopped(hand);
  },
});
