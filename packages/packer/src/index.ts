export type { Kitchen, PackerRun } from './packer-run.ts';
