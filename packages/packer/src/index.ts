export { allowedEnvironment, type Environment } from './environment.ts';
export { type Sweep, type SweepOrder, sweepStages } from './janitor.ts';
export { keepFiles } from './keep.ts';
export type { Kitchen, Overrun, PackerRun } from './packer-run.ts';
export { readOutput } from './report.ts';
export { runPacker } from './run.ts';
export { type Stage, type StageOrder, withStage } from './stage.ts';
export { findPacker, type Packer } from './toolchain.ts';
export { rememberValid, type Validation, validate } from './validate.ts';
