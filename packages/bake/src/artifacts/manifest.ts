import type { ManifestEntry, PackerBuild, PackerRecord, PackerReport } from '../packer-report.ts';

/** The manifest's entries of this run; a file that was there before keeps older ones too. None where there is no manifest to read. */
export function entriesOfRun({ manifest }: PackerReport): readonly ManifestEntry[] {
  if (manifest === 'absent' || manifest === 'unreadable') return [];
  const { entries, lastRunUuid } = manifest;
  return lastRunUuid === '' ? entries : entries.filter(({ runUuid }) => runUuid === lastRunUuid);
}

/** Newer Packers blank out sensitive text in records and not in the manifest: what fits around the blanks is put back. */
export function withoutBlanks(
  builds: readonly PackerBuild[],
  entries: readonly ManifestEntry[],
): readonly PackerBuild[] {
  return builds.map((build) => ({ ...build, records: build.records.map((record) => restore(record, entries)) }));
}

/** Packer could not be told what a record speaks of. */
export const hasBlank = ({ id }: PackerRecord): boolean => id.includes(BLANK);

/** An id of the manifest that no record has, whichever build it is of; `undefined` where the two agree. */
export function unknownId(builds: readonly PackerBuild[], entries: readonly ManifestEntry[]): string | undefined {
  const known = new Set(recordsOf(builds).map(({ id }) => sortedParts(id)));
  return entries.map(({ artifactId }) => artifactId).find((id) => id !== '' && !known.has(sortedParts(id)));
}

/** A file of the manifest that no record has, by its name alone: the manifest may have been told to strip directories. */
export function unknownFile(builds: readonly PackerBuild[], entries: readonly ManifestEntry[]): string | undefined {
  const known = new Set(recordsOf(builds).flatMap(({ files }) => files.map(baseName)));
  return entries.flatMap(({ files }) => files).find((file) => !known.has(baseName(file)));
}

const BLANK = '<sensitive>';

const recordsOf = (builds: readonly PackerBuild[]): PackerRecord[] => builds.flatMap(({ records }) => [...records]);

const sortedParts = (id: string): string => id.split(',').sort().join(',');

const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

function restore(record: PackerRecord, entries: readonly ManifestEntry[]): PackerRecord {
  if (!hasBlank(record)) return record;
  const around = record.id.split(BLANK);
  for (const { artifactId } of entries) {
    const blanked = oneTextIn(artifactId, around);
    if (blanked !== undefined) {
      const fill = (text: string) => text.replaceAll(BLANK, () => blanked);
      return { ...record, id: artifactId, text: fill(record.text), files: record.files.map(fill) };
    }
    if (fits(artifactId, around)) return { ...record, id: artifactId };
  }
  return record;
}

/** The text that stands for each blank, where it is the same one: its length follows from that of the whole. */
function oneTextIn(whole: string, around: readonly string[]): string | undefined {
  const [before = '', ...after] = around;
  const length = (whole.length - around.join('').length) / after.length;
  if (!Number.isInteger(length) || length < 1) return undefined;
  const text = whole.slice(before.length, before.length + length);
  return around.join(text) === whole ? text : undefined;
}

/** Whether the parts stand in a text in their order, with something between each two. An id comes from outside: a pattern could be made to take hours. */
function fits(whole: string, around: readonly string[]): boolean {
  const [before = '', ...after] = around;
  const end = after.pop() ?? '';
  let at = whole.startsWith(before) ? before.length : Number.POSITIVE_INFINITY;
  for (const part of after) {
    const found = whole.indexOf(part, at + 1);
    at = found < 0 ? Number.POSITIVE_INFINITY : found + part.length;
  }
  return whole.endsWith(end) && at < whole.length - end.length;
}
