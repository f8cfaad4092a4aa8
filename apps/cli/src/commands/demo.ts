import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Bake, hasEnded, no, type Result, yes } from '@bakehouse/bake';
import { type Asked, openBakery } from '../bakery.ts';
import { type Environment, readStackConfig, type StackConfig } from '../config.ts';
import { type Docker, findDocker } from '../docker.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { bytes, duration } from '../quantities.ts';
import { type Connected, giveUp, type Shell } from '../shell.ts';
import { showEnd, spansOf } from '../show-bake.ts';
import { openStack, type Stack } from '../stack/stack.ts';
import { openStops, type Stops } from '../stops.ts';
import type { Trouble } from '../trouble.ts';
import { watchBake } from '../watch-bake.ts';
import { fitDocker } from './demo-request.ts';

export interface DemoFlags {
  provider: string;
  base: string;
  package: string[];
  data: string;
}

/** Starts a bakery, bakes a real image in it, asks again for the same one, and clears away everything but the image. */
export async function demo(shell: Shell, flags: DemoFlags): Promise<ExitCode> {
  const { screen } = shell;
  const environment = withoutSharedThings(shell.environment);
  const config = readStackConfig({}, environment);
  if (!config.ok) return giveUp(shell, config.no);
  const found = flags.provider === 'docker' ? await findDocker(environment.variables) : yes(undefined);
  if (!found.ok) return giveUp(shell, found.no);
  const docker = found.value;

  const stops = openStops();
  try {
    screen.print('starting a bakery of its own: Redis, the api, a worker …');
    const directory = path.join(flags.data, 'demo');
    const plan = {
      config: config.value,
      workers: 1,
      directory,
      variables: { ...environment.variables, ...(docker && { DOCKER_HOST: docker.host }) },
    };
    const opened = await openStack({ ...plan, ifPortTaken: 'move' }, stops.signal);
    if (!opened.ok) return giveUp(shell, opened.no);
    const code = await withStack(shell, { stack: opened.value, stops, docker }, flags);
    if (code === EXIT.ok) await sayWhatStays(shell, { config: config.value, directory, docker });
    return code;
  } finally {
    stops.ignore();
  }
}

/** Whatever the environment says, a demo keeps to itself: another Redis may hold other people's bakes. */
function withoutSharedThings({ variables, ...rest }: Environment): Environment {
  const { REDIS_URL: _, BAKEHOUSE_LANES: __, HOST: ___, BAKEHOUSE_WORKER_PORT: ____, ...own } = variables;
  return { ...rest, variables: own };
}

/** Runs the demo in a stack that is closed whatever happens. */
async function withStack(
  shell: Shell,
  { stack, stops, docker }: { stack: Stack; stops: Stops; docker: Docker | undefined },
  flags: DemoFlags,
): Promise<ExitCode> {
  const over = new AbortController();
  const died = stack.death.then((trouble) => {
    over.abort();
    return trouble;
  });
  const signal = AbortSignal.any([stops.signal, over.signal]);
  const connected = { ...shell, url: stack.url, bakery: openBakery(stack.url, signal), signal };
  stops.onFurther(() => stack.kill());
  try {
    const shown = await show(connected, flags, docker);
    if (shown.ok) return shown.value;
    return giveUp(shell, over.signal.aborted ? await died : shown.no);
  } finally {
    shell.screen.print('stopping everything that was started');
    await stack.close('at-once');
  }
}

async function show(
  shell: Connected,
  flags: DemoFlags,
  docker: Docker | undefined,
): Promise<Result<ExitCode, Trouble>> {
  const { bakery, screen, signal } = shell;
  const plain = { provider: flags.provider, region: 'local', base: flags.base, packages: flags.package };
  const fitting = docker ? await fitDocker(shell, plain, docker) : yes(plain);
  if (!fitting.ok) return fitting;
  const request = fitting.value;
  screen.print(`asking ${bakery.url} for a bake: ${JSON.stringify(request)}`);
  const asked = await askForNewBake(shell, request);
  if (!asked.ok) return asked;

  const { bake } = asked.value;
  const ended = await watchBake(shell, bake, { after: 0, signal });
  if (!ended.ok) {
    if (signal.aborted) await cancelForGood(shell.url, bake);
    return ended;
  }
  screen.emit(ended.value);
  screen.print();
  screen.print(`bake ${ended.value.id}: ${ended.value.state}`);
  showEnd(screen, ended.value);
  if (ended.value.state !== 'baked') return yes(ended.value.state === 'cancelled' ? EXIT.cancelled : EXIT.bakeFailed);

  const spans = spansOf(ended.value, new Date());
  const total = spans.reduce((sum, { ms }) => sum + ms, 0);
  for (const { name, ms } of [...spans, { name: 'in all', ms: total }])
    screen.print(`  ${name.padEnd(12)}${duration(ms).padStart(12)}`);
  return askAgain(shell, request, { first: ended.value, tookMs: total });
}

/** A demo shows a real bake. Where an earlier demo's image answers, that is said, and it is baked anew. */
async function askForNewBake({ bakery, screen }: Connected, request: object): Promise<Result<Asked, Trouble>> {
  const asked = await bakery.ask(request, { rebake: 'no' });
  if (!asked.ok || asked.value.as === 'taken') return asked;
  const { id, state, askedAt } = asked.value.bake;
  screen.print(
    `bake ${id} of an earlier demo (${askedAt}, ${state}) would answer that; asking with ?rebake=1, to show a real one`,
  );
  return bakery.ask(request, { rebake: 'yes' });
}

async function askAgain(
  { bakery, screen }: Connected,
  request: object,
  { first, tookMs }: { first: Bake; tookMs: number },
): Promise<Result<ExitCode, Trouble>> {
  screen.print();
  screen.print('asking again for the same');
  const begun = performance.now();
  const again = await bakery.ask(request, { rebake: 'no' });
  const ms = performance.now() - begun;
  if (!again.ok) return again;
  const { bake, as } = again.value;
  if (as !== 'answered' || bake.id !== first.id || !hasEnded(bake)) {
    return no({
      kind: 'foreign',
      url: bakery.url,
      why: `it answered an equal request with bake ${bake.id} (${bake.state}), not with bake ${first.id}`,
    });
  }
  screen.emit({ again: { id: bake.id, ms: Math.round(ms * 10) / 10, insteadOfMs: tookMs } });
  screen.print(
    `answered by bake ${bake.id} in ${duration(ms)}: the same image, instead of another ${duration(tookMs)}`,
  );
  return yes(EXIT.ok);
}

/** On a line of its own: the one before is cut. What goes wrong here is mended by the next demo, which bakes afresh. */
async function cancelForGood(url: string, { id }: Bake): Promise<void> {
  await openBakery(url, AbortSignal.timeout(2000)).cancel(id, 'the demo was interrupted');
}

async function sayWhatStays(
  { screen }: Shell,
  { config, directory, docker }: { config: StackConfig; directory: string; docker: Docker | undefined },
): Promise<void> {
  const { BAKEHOUSE_IMAGES: images, BAKEHOUSE_CACHE: cache } = config;
  screen.print(
    docker
      ? `what stays: the images in the docker daemon at ${docker.host}, which \`docker image rm\` removes, and the records in ${directory}`
      : `what stays: the images in ${images} (${bytes(await sizeOf(images))}), what makes the next bake quicker in ${cache}, and the records in ${directory}; rm -r removes any of them`,
  );
  screen.print('`npm start` runs a bakery that stays up');
}

/** Of all files below a directory, in bytes; what goes meanwhile has none. */
async function sizeOf(directory: string): Promise<number> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) =>
        stat(path.join(file.parentPath, file.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
