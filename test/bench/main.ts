import path from 'node:path';
import { startFleet } from '../support/fleet.ts';
import { quantiles, round } from './figures.ts';
import { measureLatencies } from './latency.ts';
import { measureRatio } from './ratio.ts';
import { measureThroughput } from './throughput.ts';

/** `npm run bench`, or `npm run bench -- --short` as CI runs it. Prints figures; a target that is missed ends it with 1 in the long form. */
const isShort = process.argv.includes('--short');
const here = import.meta.dirname;
const environment = {
  BAKEHOUSE_SETTINGS: path.join(here, 'bench.yml'),
  BAKEHOUSE_TEMPLATES: path.join(here, 'templates'),
  BAKEHOUSE_SLOTS: '8',
  LOG_LEVEL: 'warn',
};
const missed: string[] = [];

const say = (line: string) => process.stdout.write(`${line}\n`);
const row = (name: string, target: string, figures: readonly string[]) =>
  say(`${name.padEnd(34)}${target.padEnd(16)}${figures.map((f) => f.padStart(10)).join('')}`);
const hold = (name: string, isHeld: boolean) => {
  if (!isHeld) missed.push(name);
};

say(
  `bench, ${isShort ? 'short' : 'long'} form: api, one worker with 8 slots and Redis on this machine, all on loopback`,
);

const clocked = await startFleet({ environment: { ...environment, PACKER_BIN: path.join(here, 'clock-packer') } });
try {
  const found = await measureLatencies(clocked, isShort ? 12 : 100);
  say('\nmilliseconds');
  row('', 'target', ['p50', 'p95', 'p99', 'samples']);
  const table = [
    ['enqueue → Packer started', found.start, 250],
    ['Packer exit → record visible', found.visible, 200],
    ['log line → SSE reader', found.line, 500],
    ['cancel → signal', found.cancel, 1000],
  ] as const;
  for (const [name, samples, target] of table) {
    const { p50, p95, p99 } = quantiles(samples);
    row(name, `p95 < ${target}`, [round(p50), round(p95), round(p99), String(samples.length)]);
    hold(name, p95 < target);
  }

  say('\nPOST /bakes, bakes that differ');
  row('callers at once', 'p99 < 50', ['per second', 'p50 ms', 'p99 ms']);
  await measureThroughput(clocked.url, { callers: 4, seconds: 2 }); // Lets the just-in-time compiler settle.
  const steps = [];
  for (const callers of isShort ? [1, 8] : [1, 4, 8, 16, 32])
    steps.push(await measureThroughput(clocked.url, { callers, seconds: isShort ? 2 : 5 }));
  for (const { callers, perSecond, p50, p99 } of steps)
    row(String(callers), '', [round(perSecond, 0), round(p50), round(p99)]);
  hold('POST /bakes p99 with one caller', (steps[0]?.p99 ?? Number.POSITIVE_INFINITY) < 50);
} finally {
  await clocked.stop();
}

const real = await startFleet({ environment });
try {
  say('\nwall time of a bake over bare `packer build`, medians of pairs in turn');
  row('template', 'target', ['at once', 'bare ms', 'bake ms', 'ratio', 'pairs']);
  const cases = [
    { seconds: '0.3', atOnce: 1, pairs: isShort ? 3 : 15, target: 1.15 },
    { seconds: '0.3', atOnce: 8, pairs: isShort ? 1 : 7, target: undefined },
    ...(isShort
      ? []
      : [
          { seconds: '20', atOnce: 1, pairs: 3, target: 1.02 },
          { seconds: '20', atOnce: 8, pairs: 2, target: 1.02 },
        ]),
  ];
  for (const { target, ...how } of cases) {
    const { bareMs, bakeMs, ratio } = await measureRatio(real.url, how);
    const name = `null, ${how.seconds} s`;
    row(name, target ? `≤ ${target}` : '', [
      String(how.atOnce),
      round(bareMs, 0),
      round(bakeMs, 0),
      round(ratio, 3),
      String(how.pairs),
    ]);
    if (target) hold(`${name}, ${how.atOnce} at once`, ratio <= target);
  }
} finally {
  await real.stop();
}

say(missed.length === 0 ? '\nevery target is met' : `\nmissed: ${missed.join('; ')}`);
if (missed.length > 0 && !isShort) process.exitCode = 1;
