import { type BakeRecipe, type PackerReport, providers } from '@bakehouse/bake';
import { buildArguments } from './arguments.ts';
import { type CommandEnd, runCommand } from './command.ts';
import { parseLine } from './event.ts';
import type { RawLine } from './lines.ts';
import { readManifest } from './manifest.ts';
import type { Kitchen, PackerRun } from './packer-run.ts';
import { redactorFor } from './redact.ts';
import { type ReportInProgress, startReport } from './report.ts';
import type { Stage } from './stage.ts';
import { LONGEST_LINE, transcribe } from './transcript.ts';

/** Runs `packer build` in a stage, tells what it says, and reports what it recorded. When this returns, no process of it is left. */
export async function runPacker(stage: Stage, recipe: BakeRecipe, kitchen: Kitchen): Promise<PackerRun> {
  const redactor = redactorFor(recipe, kitchen);
  const inProgress = startReport(redactor, { notices: providers[recipe.provider]?.notices });
  const hear = async (lines: readonly RawLine[]): Promise<void> => {
    const told = lines.flatMap((raw) => {
      const event = parseLine(raw.text);
      inProgress.hear(event);
      return transcribe(event, raw, redactor);
    });
    if (told.length > 0) await kitchen.tell(told);
  };

  const keep = LONGEST_LINE + redactor.reach;
  const command = { arguments: buildArguments(stage, recipe), limits: recipe.limits, keep, hear };
  const end = await runCommand(stage, command, kitchen);

  const report = inProgress.finish({ exitCode: end.exitCode, manifest: await readManifest(stage.manifestFile) });
  return judge(end, inProgress, report);
}

function judge(
  { exitCode, stopped, killed }: CommandEnd,
  { ranABuild }: ReportInProgress,
  report: PackerReport,
): PackerRun {
  // It was done before the stop reached it: what it made exists, and must not be lost.
  const wasDone = exitCode === 0 && report.saidFinished;
  if (stopped === undefined || wasDone) {
    const refused = exitCode === 1 && !ranABuild() && report.errors.length === 0 && report.builds.length === 0;
    return { ended: 'exited', refused, report };
  }
  return stopped === 'signal' ? { ended: 'stopped', killed } : { ended: 'overran', limit: stopped, killed, report };
}
