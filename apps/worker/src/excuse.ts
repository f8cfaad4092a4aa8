import type { BakeFailure, Limits } from '@bakehouse/bake';
import { type Packer, type PackerRun, whatIsLacking } from '@bakehouse/packer';

/** What a bake says that Packer refused before any build began. `errors` are Packer's lines in order, warnings among them. */
export function excuseInvalid(
  errors: readonly string[],
  { template, packer }: { template: string; packer: Pick<Packer, 'version'> },
): BakeFailure {
  const evidence = withoutWarnings(errors).slice(0, 20);
  const lacking = whatIsLacking(evidence);
  if (lacking !== undefined) {
    return {
      class: 'toolchain',
      message: `template ${template} needs ${lacking}, and this worker has Packer ${packer.version} without it`.slice(
        0,
        1000,
      ),
      evidence,
      next: 'install it on the worker, send the bake to a lane whose workers have it, or ask for an edition of the template that this Packer takes',
      leftovers: false,
    };
  }
  return {
    class: 'template',
    message: `Packer refuses the template or a variable: ${firstReason(evidence) || 'it does not say why'}`.slice(
      0,
      1000,
    ),
    evidence,
    next: 'mend the template or the variables it names, and ask again',
    leftovers: false,
  };
}

/** Packer warns of each variable that a template does not declare, at length, and only then says what is wrong. */
function withoutWarnings(lines: readonly string[]): string[] {
  let inWarning = false;
  return lines.filter((line) => {
    if (/^(Error|Warning):/.test(line)) inWarning = line.startsWith('Warning:');
    return !inWarning && line.trim() !== '';
  });
}

/** The first error in one line: its title and its text, without the place in a file and the piece of it that Packer draws. */
function firstReason(lines: readonly string[]): string {
  const next = lines.findIndex((line, index) => index > 0 && line.startsWith('Error:'));
  const [title = '', ...text] = lines.slice(0, next < 0 ? undefined : next);
  const told = text.filter(
    (line) => !/^\s+on .+ line \d+|^\s*\(source code|^\s*\d+ errors? occurred:|^\s*\d+: |^\s*\^$/.test(line),
  );
  const words = told.map((line) => line.trim().replace(/^\* /, '')).join(' ');
  return [title.replace(/^Error: ?/, ''), words].filter((part) => part !== '').join(': ');
}

/** What a bake says that was stopped because it went past a limit. */
export function excuseOverrun(run: Extract<PackerRun, { ended: 'overran' }>, limits: Limits): BakeFailure {
  const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
  const said = {
    total: {
      message: `Packer had not ended after ${seconds(limits.totalMs)}, and was stopped`,
      limit: 'limits.timeoutSeconds',
    },
    idle: {
      message: `Packer printed nothing for ${seconds(limits.idleMs)}, and was stopped`,
      limit: 'limits.idleSeconds',
    },
    output: {
      message: 'Packer printed more than a bake may, and was stopped',
      limit: 'nothing: make the template print less',
    },
  }[run.limit];
  return {
    class: 'timeout',
    message: said.message,
    evidence: run.report.lastErrors.slice(-5),
    next: `look at the end of the log for what it waited for; if it needs longer, raise ${said.limit}`,
    leftovers: run.killed,
  };
}
