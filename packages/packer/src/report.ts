import type { PackerBuild, PackerRecord, PackerReport } from '@bakehouse/bake';
import { type PackerEvent, parseLine } from './event.ts';
import { asManifest } from './manifest.ts';
import { makeRedactor, type Redactor } from './redact.ts';

/** What a run says, folded as it comes, in bounded memory. */
export interface ReportInProgress {
  hear(event: PackerEvent): void;
  /** A build began and ended, well or not: the template was not refused. */
  ranABuild(): boolean;
  finish(end: { exitCode: number | null; manifest: PackerReport['manifest'] }): PackerReport;
}

/** The most that is kept of each. Past the bound for records the build counts as cut, past the others the oldest go. */
const MOST = { records: 10_000, files: 100_000, errors: 100, notices: 2_000, lastErrors: 50, text: 16 * 1024 };

export function startReport(
  redactor: Redactor,
  { notices: wanted = [] }: { notices?: readonly RegExp[] | undefined } = {},
): ReportInProgress {
  const builds = new Map<string, BuildInProgress>();
  const notices: string[] = [];
  const lastErrors: string[] = [];
  const errors: { build: string; message: string }[] = [];
  let errorCount = 0;
  let saidFinished = false;
  let ranABuild = false;

  const shown = (text: string): string => redactor.redact(text, MOST.text);
  const hearError = (text: string): void => {
    if (text.trim() !== '') keepLast(lastErrors, shown(text.trim()), MOST.lastErrors);
  };
  const hearText = ({ tone, text }: { tone: string; text: string }): void => {
    if ([POST_PROCESSOR_RAN, ...wanted].some((notice) => notice.test(text)))
      keepLast(notices, shown(text), MOST.notices);
    if (text.startsWith(FINISHED)) saidFinished = true;
    if (BUILD_ENDED.test(text)) ranABuild = true;
    if (tone === 'error') hearError(text);
  };

  return {
    hear(event) {
      if (event.kind === 'ui') hearText(event);
      else if (event.kind === 'stray') hearError(event.text);
      else if (event.kind === 'error-count') errorCount = event.count;
      else if (event.kind === 'error')
        keepLast(errors, { build: event.build, message: shown(event.message) }, MOST.errors);
      // Packer lists artifacts after this line only: an earlier record was written by a script, past Packer.
      else if (event.kind !== 'other' && saidFinished) record(builds, event);
    },
    ranABuild: () => ranABuild,
    finish: ({ exitCode, manifest }) => ({
      exitCode,
      saidFinished,
      builds: [...builds].map(([target, build]) => finishBuild(target, build)),
      errors,
      errorCount,
      notices,
      lastErrors,
      manifest,
    }),
  };
}

/** A whole output at once. `manifest` is the parsed file, or nothing where there is none. */
export function readOutput(
  text: string,
  {
    exitCode,
    manifest,
    notices,
  }: { exitCode: number | null; manifest?: unknown; notices?: readonly RegExp[] | undefined },
): PackerReport {
  const report = startReport(makeRedactor([]), { notices });
  for (const line of text.split('\n')) report.hear(parseLine(line.replace(/\r$/, '')));
  return report.finish({ exitCode, manifest: asManifest(manifest) });
}

interface BuildInProgress {
  announced: number | null;
  /** Records that have begun and not ended, by number. */
  open: Map<number, RecordInProgress>;
  ended: number;
  records: PackerRecord[];
  files: number;
  overfull: boolean;
}

interface RecordInProgress {
  builderId: string;
  id: string;
  text: string;
  files: string[];
  nil: boolean;
}

type RecordEvent = Extract<PackerEvent, { kind: 'artifact' | 'artifact-count' }>;

const FINISHED = '\n==> Builds finished';

/** The lines from which bake's `wasDestroyed` reads, whichever the provider. */
const POST_PROCESSOR_RAN = /^==> .*?: Running post-processor: /;

const BUILD_ENDED = /^Build '.*' (finished|errored)/s;

function record(builds: Map<string, BuildInProgress>, event: RecordEvent): void {
  const build = builds.get(event.build) ?? emptyBuild();
  if (builds.size < MOST.records) builds.set(event.build, build);
  if (event.kind === 'artifact-count') build.announced = event.count;
  else if (isFull(build)) build.overfull = true;
  else writeField(build, event);
}

function writeField(build: BuildInProgress, { index, field, value }: Extract<PackerEvent, { kind: 'artifact' }>): void {
  const open = build.open.get(index) ?? { builderId: '', id: '', text: '', files: [], nil: false };
  build.open.set(index, open);
  switch (field) {
    case 'builder-id':
      open.builderId = value;
      return;
    case 'id':
      open.id = value;
      return;
    case 'string':
      open.text = value;
      return;
    case 'file':
      open.files.push(value);
      build.files++;
      return;
    case 'nil':
      open.nil = true;
      return;
    case 'end':
      build.open.delete(index);
      build.ended++;
      if (!open.nil) build.records.push({ builderId: open.builderId, id: open.id, text: open.text, files: open.files });
      return;
    case 'files-count':
      return;
  }
}

function finishBuild(target: string, { announced, open, ended, records, overfull }: BuildInProgress): PackerBuild {
  const cut = overfull || open.size > 0 || (announced !== null && announced !== ended);
  return { target, announced, records, cut };
}

const emptyBuild = (): BuildInProgress => ({
  announced: null,
  open: new Map(),
  ended: 0,
  records: [],
  files: 0,
  overfull: false,
});

const isFull = ({ open, ended, files }: BuildInProgress): boolean =>
  open.size + ended > MOST.records || files > MOST.files;

function keepLast<T>(list: T[], one: T, most: number): void {
  list.push(one);
  if (list.length > most) list.shift();
}
