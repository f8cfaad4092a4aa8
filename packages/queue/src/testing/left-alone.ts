import { BakerySettings } from '@bakehouse/bake';
import { consumeBakes } from '../consume-bakes.ts';
import { openQueue } from '../open-queue.ts';
import { untilStopped } from './bakery.ts';

/** A producer and a worker in one process, which close when told to and have nothing more to do then: the process must end by itself. */
const [redisUrl = '', prefix = ''] = process.argv.slice(2);
const onTrouble = () => undefined;

const queue = await openQueue({ redisUrl, prefix, settings: BakerySettings.parse({}), onTrouble });
const consumer = await consumeBakes({
  ...{ redisUrl, prefix, workerId: 'alone@test', lanes: ['default', 'slow'], slots: 2, packer: '1.6.6' },
  ...{ onTrouble, bake: untilStopped },
});
process.stdout.write('open\n');
process.stdin.once('data', async () => {
  await queue.close();
  await consumer.drain();
  await consumer.close();
  process.stdin.destroy();
});
