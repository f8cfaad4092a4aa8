export type {
  BakePage,
  BakeQuery,
  BakeQueue,
  CancelAnswer,
  LogRange,
  Submission,
  SubmitOptions,
} from './bake-queue.ts';
export { consumeBakes } from './consume-bakes.ts';
export type { BakeConsumer, BakeEnd, BakeInHand, ConsumerOptions, Patience, StopReason } from './consumer.ts';
export type { LogEvent, LogGap, LogLine, LogPage, LogPiece } from './log-page.ts';
export { openQueue, type QueueOptions } from './open-queue.ts';
export { WorkerPresence } from './presence.ts';
export { RedisAway } from './redis-away.ts';
export { UnsoundRedis } from './sound-redis.ts';
export type { LogBounds } from './write-log.ts';
