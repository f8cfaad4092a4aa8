export type { BakePage, BakeQuery, BakeQueue, CancelAnswer, LogRange, Submission, SubmitOptions } from './bake-queue.ts';
export type { BakeConsumer, BakeEnd, BakeInHand, ConsumerOptions, StopReason } from './consumer.ts';
export type { LogEvent, LogGap, LogLine, LogPage, LogPiece } from './log-page.ts';
export { WorkerPresence } from './presence.ts';
