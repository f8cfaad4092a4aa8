import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PackerReport } from './packer-report.ts';
import { providers } from './providers/index.ts';
import { readArtifacts } from './read-artifacts.ts';
import type { BakeRecipe } from './recipe.ts';

const id = fc.oneof(
  fc.constantFrom(
    '',
    'File',
    'eu-west-1:ami-1',
    'eu-west-1:ami-1,us-east-1:ami-2',
    'a:b:c',
    ',',
    ':',
    '/',
    'ami-',
    'x:',
  ),
  fc.constantFrom('registry.example/a:1', 'sha256:00', 'image-1', 'https://x.example/a.vhd', '__proto__', '/out/a.tar'),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const builderId = fc.oneof(
  fc.constantFrom(
    'packer.post-processor.artifice',
    'packer.post-processor.docker-tag',
    'mitchellh.amazonebs',
    'packer.file',
  ),
  fc.constantFrom('packer.googlecompute', 'Azure.ResourceManagement.VMImage', 'alibaba.alicloud', 'oracle.oci'),
  fc.constantFrom('packer.post-processor.docker-import', 'tencent.cloud', 'huawei.ecs', ''),
  fc.string({ maxLength: 6 }),
);
const files = fc.array(id, { maxLength: 2 });
const record = fc.record({ builderId, id, text: id, files });
const build = fc.record({
  target: fc.constantFrom('a', 'b', 'a.b', ''),
  announced: fc.option(fc.nat({ max: 3 }), { nil: null }),
  records: fc.array(record, { maxLength: 3 }),
  cut: fc.boolean(),
});
const entry = fc.record({
  name: id,
  builderType: builderId,
  artifactId: id,
  files,
  runUuid: fc.constantFrom('now', 'then'),
});

const report: fc.Arbitrary<PackerReport> = fc.record({
  exitCode: fc.constantFrom(0, 0, 0, 1, null),
  saidFinished: fc.constantFrom(true, true, false),
  builds: fc.array(build, { maxLength: 3 }),
  errors: fc.array(fc.record({ build: id, message: id }), { maxLength: 1 }),
  errorCount: fc.constantFrom(0, 0, 1),
  notices: fc.array(
    fc.oneof(id, fc.constantFrom('==> a: Running post-processor: x', '==> a (docker-tag): Repository: r:1')),
    { maxLength: 3 },
  ),
  lastErrors: fc.array(id, { maxLength: 2 }),
  manifest: fc.oneof(
    fc.constantFrom('absent' as const, 'unreadable' as const),
    fc.record({ entries: fc.array(entry, { maxLength: 2 }), lastRunUuid: fc.constantFrom('now', '') }),
  ),
});

const recipeOf = (provider: string, variables: BakeRecipe['variables']): BakeRecipe => ({
  provider,
  region: 'eu-west-1',
  base: null,
  sourceImage: 'any',
  imageName: 'any',
  appVersion: null,
  packageType: 'deb',
  template: 'any.json',
  varFile: null,
  bundle: 'any',
  variables,
  secrets: {},
  places: {},
  limits: { totalMs: 1, idleMs: 1, graceMs: 1 },
});

test.each(Object.keys(providers))(
  'whatever a run for %s left behind, it is images or a failure with a class',
  (name) => {
    fc.assert(
      fc.property(report, fc.dictionary(fc.string({ maxLength: 4 }), fc.constant(1)), (left, variables) => {
        const outcome = readArtifacts(left, recipeOf(name, variables));
        if (!outcome.ok) {
          expect(outcome.no).toMatchObject({ class: expect.stringMatching(/\w/), next: expect.stringMatching(/\w/) });
          return;
        }
        expect(left.exitCode).toBe(0);
        expect(outcome.value.length).toBeGreaterThan(0);
        for (const image of outcome.value) expect(image.reference).not.toBe('');
      }),
      { numRuns: 300 },
    );
  },
);
