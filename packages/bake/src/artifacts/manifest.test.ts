import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PackerRecord } from '../packer-report.ts';
import { withoutBlanks } from './manifest.ts';

const BLANK = '<sensitive>';
const aRecord = (id: string, text = ''): PackerRecord => ({ builderId: 'b', id, text, files: [] });
const aBuild = (...records: PackerRecord[]) => ({ target: 't', announced: records.length, records, cut: false });
const anEntry = (artifactId: string) => ({ name: 'n', builderType: 'b', artifactId, files: [], runUuid: 'now' });

function restored(record: PackerRecord, ...ids: string[]): PackerRecord | undefined {
  return withoutBlanks([aBuild(record)], ids.map(anEntry))[0]?.records[0];
}

test.each([
  ['one blank', `r/${BLANK}:2`, 'r/gull:2'],
  ['equal ones', `${BLANK}:${BLANK}`, 'gull:gull'],
  ['different ones', `${BLANK}:${BLANK}:x`, 'gull:heron:x'],
  ['what looks like a pattern', `(.*)${BLANK}[a-z]+`, '(.*)gull[a-z]+'],
  ['a blank for several lines', `r/${BLANK}:2`, 'r/gu\nll:2'],
  ['a blank for what follows it too', `r/${BLANK}:2`, 'r/a:2:2'],
])('an id with %s is filled from the manifest', (_what, id, artifactId) => {
  expect(restored(aRecord(id), 'other', artifactId)?.id).toBe(artifactId);
});

test.each([
  ['an empty text', `r/${BLANK}:2`, 'r/:2'],
  ['another beginning', `r/${BLANK}:2`, 'q/gull:2'],
  ['another end', `r/${BLANK}:2`, 'r/gull:3'],
  ['something else between', `${BLANK}/x/${BLANK}`, 'gull/y/gull'],
  ['an end that is used up', `${BLANK}:2${BLANK}:2`, 'gull:2'],
])('a blank does not stand for %s', (_what, id, artifactId) => {
  expect(restored(aRecord(id), artifactId)?.id).toBe(id);
});

test('what one text fills is filled in the record’s own text too', () => {
  const record = { ...aRecord(`r/${BLANK}:2`, `x ${BLANK}`), files: [`/${BLANK}.tar`] };
  expect(restored(record, 'r/$&:2')).toMatchObject({ text: 'x $&', files: ['/$&.tar'] });
  expect(restored(aRecord(`${BLANK}:${BLANK}`, BLANK), 'a:b')).toMatchObject({ text: BLANK });
});

test('an id is filled if, and only if, something can stand for each of its blanks', () => {
  const word = fc.stringMatching(/^[ab]{0,3}$/);
  const parts = fc.array(word, { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(parts, fc.stringMatching(/^[ab]{1,9}$/), (around, artifactId) => {
      const id = around.join(BLANK);
      const isFilled = restored(aRecord(id), artifactId)?.id === artifactId;
      expect(isFilled).toBe(new RegExp(`^${around.join('.+')}$`).test(artifactId));
    }),
    { numRuns: 1000 },
  );
});

test('an id with many blanks is compared at once', () => {
  const before = process.cpuUsage();
  const many = aRecord(`${`${BLANK},`.repeat(2_000)}!`);
  expect(restored(many, 'a,'.repeat(20_000), `${'aa,'.repeat(2_000)}?`)?.id).toBe(many.id);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(1000);
});
