import type { BakeFailure, Limits } from '@bakehouse/bake';
import type { PackerRun } from '@bakehouse/packer';

/** What a bake says that Packer refused before any build began. */
export function excuseInvalid(errors: readonly string[]): BakeFailure {
  const evidence = errors.filter((line) => line.trim() !== '').slice(-20);
  return {
    class: 'template',
    message: `Packer refuses the template or a variable: ${evidence.at(-1) ?? 'it does not say why'}`,
    evidence,
    next: 'mend the template or the variables it names, and ask again',
    leftovers: false,
  };
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
