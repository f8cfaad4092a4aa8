import { parseArgs } from 'node:util';
import { openLatencies } from './latencies.ts';
import { runPipeline } from './pipeline.ts';
import { tableOf } from './table.ts';

/**
 * `node --import tsx test/orca/main.ts --url http://localhost:8087 --pipelines 20 --regions 3`: as many pipelines at once as Orca would run them,
 * then the table. Ends with 1 when a stage has not succeeded.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8087' },
    pipelines: { type: 'string', default: '1' },
    regions: { type: 'string', default: '1' },
    /** Seconds between polls. */
    poll: { type: 'string', default: '30' },
    provider: { type: 'string', default: 'local' },
    base: { type: 'string', default: 'bookworm' },
    package: { type: 'string', default: '' },
    /** More of the stage's context, as JSON; `{n}` in it is the number of the pipeline. */
    context: { type: 'string', default: '{}' },
    rebake: { type: 'boolean', default: false },
    'clean-up': { type: 'boolean', default: false },
  },
});

const begun = performance.now();
const latencies = openLatencies();
const regions = Array.from({ length: Number(values.regions) }, (_, index) => `region-${index + 1}`);
const ends = await Promise.all(
  Array.from({ length: Number(values.pipelines) }, (_, index) =>
    runPipeline(
      {
        url: values.url,
        cleansUp: values['clean-up'],
        context: {
          cloudProviderType: values.provider,
          baseOs: values.base,
          package: values.package,
          regions,
          rebake: values.rebake,
          ...JSON.parse(values.context.replaceAll('{n}', String(index + 1))),
        },
      },
      {
        now: new Date(),
        executionId: crypto.randomUUID(),
        pace: { backOffMs: Number(values.poll) * 1000 },
        latencies,
      },
    ),
  ),
);

const stages = ends.flatMap((end) => end.stages);
const because = new Set(stages.flatMap((stage) => (stage.status === 'TERMINAL' ? [stage.because] : [])));
const tookMs = performance.now() - begun;
const table = tableOf([{ scenario: 'by hand', pipelines: ends.length, stages, latencies, tookMs }]);
process.stdout.write(`${[table, ...because].join('\n')}\n`);
process.exitCode = because.size > 0 ? 1 : 0;
