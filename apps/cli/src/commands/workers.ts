import { EXIT, type ExitCode } from '../exit-code.ts';
import { type Connected, giveUp } from '../shell.ts';
import { table } from '../table.ts';

const HEADINGS = ['WORKER', 'SLOTS', 'BAKING', 'LANES', 'PACKER', 'SINCE', ''];

/** Lists the workers that were heard of within the last seconds. */
export async function workers(shell: Connected): Promise<ExitCode> {
  const seen = await shell.bakery.workers();
  if (!seen.ok) return giveUp(shell, seen.no);
  shell.screen.emit(seen.value);
  const rows = seen.value.workers.map((worker) => [
    worker.id,
    String(worker.slots),
    String(worker.baking.length),
    worker.lanes.join(','),
    worker.packer,
    worker.startedAt,
    worker.draining ? 'draining' : '',
  ]);
  if (rows.length === 0) shell.screen.print('no workers; bakes wait until one comes: npm run worker');
  else for (const line of table(HEADINGS, rows)) shell.screen.print(line);
  return EXIT.ok;
}
