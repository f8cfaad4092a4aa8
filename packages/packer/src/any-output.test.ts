import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMA, parseLine } from './event.ts';
import { asManifest } from './manifest.ts';
import { readOutput } from './report.ts';

const word = fc.oneof(
  fc.constantFrom('', 'ui', 'say', 'error', 'message', 'artifact', 'artifact-count', 'error-count', 'builder-id', 'id'),
  fc.constantFrom('string', 'files-count', 'file', 'nil', 'end', '0', '1', '99999999999999999999', '-1', '__proto__'),
  fc.constantFrom(COMMA, '\\n==> Builds finished.', "Build 'a' finished", '==> a: Running post-processor: tag', '\\'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.array(word, { maxLength: 8 }).map((words) => ['1700000000', ...words].join(',')),
);
const output = fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n'));

describe('whatever Packer prints', () => {
  test('each line is an event', () => {
    fc.assert(
      fc.property(line, (text) => void expect(parseLine(text).kind).toMatch(/\w/)),
      { numRuns: 1000 },
    );
  });

  test('it folds into a report whose builds add up', () => {
    fc.assert(
      fc.property(output, fc.jsonValue(), fc.option(fc.nat(), { nil: null }), (text, manifest, exitCode) => {
        const report = readOutput(text, { exitCode, manifest });
        expect(report.exitCode).toBe(exitCode);
        for (const { announced, records, cut } of report.builds)
          if (!cut && announced !== null) expect(records.length).toBeLessThanOrEqual(announced);
      }),
      { numRuns: 500 },
    );
  });

  test('a manifest is read, absent or unreadable', () => {
    const nearly = fc.record(
      {
        builds: fc.array(
          fc.record(
            { name: fc.jsonValue(), artifact_id: fc.jsonValue(), files: fc.jsonValue(), packer_run_uuid: fc.string() },
            { requiredKeys: [] },
          ),
          { maxLength: 2 },
        ),
        last_run_uuid: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(nearly, fc.jsonValue()), (json) => {
        const manifest = asManifest(json);
        if (typeof manifest === 'string') expect(['absent', 'unreadable']).toContain(manifest);
        else expect(manifest.entries).toBeInstanceOf(Array);
      }),
      { numRuns: 500 },
    );
  });
});

test('a record is read as it was, whatever its id and text hold', () => {
  // Packer escapes commas and line ends and nothing else, so that these two cannot be told from what it escaped.
  const text = fc.string({ unit: 'binary', maxLength: 16 }).filter((said) => !/[\r\n\\]|PACKER_COMMA/.test(said));
  const escaped = (said: string) => said.replaceAll(',', COMMA);
  fc.assert(
    fc.property(fc.record({ builderId: text, id: text, text, file: text }), (said) => {
      const lines = [
        ',ui,say,\\n==> Builds finished. The artifacts of successful builds are:',
        'a,artifact-count,1',
        `a,artifact,0,builder-id,${escaped(said.builderId)}`,
        `a,artifact,0,id,${escaped(said.id)}`,
        `a,artifact,0,string,${escaped(said.text)}`,
        'a,artifact,0,files-count,1',
        `a,artifact,0,file,0,${escaped(said.file)}`,
        'a,artifact,0,end',
      ];
      const report = readOutput(lines.map((each) => `1700000000,${each}`).join('\n'), { exitCode: 0 });
      const record = { builderId: said.builderId, id: said.id, text: said.text, files: [said.file] };
      expect(report.builds).toEqual([{ target: 'a', announced: 1, records: [record], cut: false }]);
    }),
    { numRuns: 500 },
  );
});
