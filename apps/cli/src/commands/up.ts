import path from 'node:path';
import { readStackConfig, type StackVariable } from '../config.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { giveUp, type Shell } from '../shell.ts';
import { openStack, type Stack } from '../stack/stack.ts';
import { openStops, type Stops } from '../stops.ts';

export interface UpFlags {
  settings: Partial<Record<StackVariable, string>>;
  workers: number;
  data: string;
}

/** Runs Redis, api and workers until Ctrl-C, then drains; ends with the rest when one of them dies. */
export async function up(shell: Shell, flags: UpFlags): Promise<ExitCode> {
  const { screen, environment } = shell;
  const config = readStackConfig(flags.settings, environment);
  if (!config.ok) return giveUp(shell, config.no);

  const stops = openStops();
  try {
    screen.print(`starting Redis, the api and ${flags.workers} worker${flags.workers === 1 ? '' : 's'} …`);
    const plan = {
      config: config.value,
      workers: flags.workers,
      directory: flags.data,
      variables: environment.variables,
    };
    const opened = await openStack({ ...plan, ifPortTaken: 'refuse' }, stops.signal);
    if (!opened.ok) return giveUp(shell, opened.no);
    announce(shell, opened.value, { images: config.value.BAKEHOUSE_IMAGES, data: flags.data });
    return await stayUp(shell, opened.value, stops);
  } finally {
    stops.ignore();
  }
}

async function stayUp(shell: Shell, stack: Stack, stops: Stops): Promise<ExitCode> {
  const { screen } = shell;
  const ending = await Promise.race([stops.firstStop, stack.death]);

  let pressed = 0;
  stops.onFurther(() => {
    pressed += 1;
    screen.print(
      pressed === 1 ? 'stopping bakes now; they wait again. Once more kills what is left' : 'killing what is left',
    );
    if (pressed === 1) stack.hurry();
    else stack.kill();
  });
  if ('kind' in ending) {
    const code = giveUp(shell, ending);
    screen.complain('bakehouse: stopping the rest');
    await stack.close('at-once');
    screen.emit({ state: 'down' });
    return code;
  }
  // Whoever closed the terminal is not there to press again.
  const haste = ending.signal === 'SIGHUP' ? 'at-once' : 'drain';
  screen.print(
    'draining: bakes in hand are finished, nothing new is begun; Ctrl-C again stops them and lets them wait',
  );
  await stack.close(haste);
  screen.emit({ state: 'down' });
  screen.print('all stopped');
  return pressed === 0 ? EXIT.ok : EXIT.interrupted;
}

function announce({ screen }: Shell, stack: Stack, { images, data }: { images: string; data: string }): void {
  const { url, redis, workerUrls, parts } = stack;
  const places = {
    api: url,
    documentation: `${url}/docs`,
    dashboard: `${url}/admin/queues`,
    metrics: [`${url}/metrics`, ...workerUrls.map((worker) => `${worker}/metrics`)],
    redis: redis.where,
    images: path.resolve(images),
    logs: parts.map(({ log }) => path.resolve(log)),
  };
  screen.emit({ state: 'up', ...places, pids: Object.fromEntries(parts.map(({ name, pid }) => [name, pid])) });
  screen.print(screen.paint('bold', 'Bakehouse is up.'));
  screen.print(`  API            ${places.api}`);
  screen.print(`  documentation  ${places.documentation}`);
  screen.print(`  dashboard      ${places.dashboard}`);
  screen.print(`  metrics        ${places.metrics.join('  ')}`);
  screen.print(`  Redis          ${redis.where}${redis.ours === 'yes' ? ` (private; data in ${data}/redis)` : ''}`);
  screen.print(`  images         ${images}`);
  screen.print(`  logs           ${data}/logs`);
  screen.print('Ctrl-C drains and stops.');
}
