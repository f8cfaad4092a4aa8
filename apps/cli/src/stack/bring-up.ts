import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import { openBakery } from '../bakery.ts';
import type { StackConfig } from '../config.ts';
import type { Trouble } from '../trouble.ts';
import { claimPorts, type PortWishes } from './claim-ports.ts';
import { lastWords, type Part, startPart } from './part.ts';
import { ownProgram } from './program.ts';
import { redisServes, startRedis } from './redis.ts';
import { sealingKeyFile } from './sealing-key.ts';

/** Slow machines need a while to read a thousand modules; a program that cannot start says so and ends long before. */
const READY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 100;

export interface StackPlan extends PortWishes {
  /** Holds `redis`, `logs`, the sealing key and the lock. */
  directory: string;
  variables: Readonly<Record<string, string>>;
}

/** The parts that have been started so far, whatever comes of the rest. */
export interface Crew {
  readonly parts: readonly Part[];
  take(part: Part): void;
}

/** Starts Redis, then api and workers, and waits until all are of use. A "no" may leave some running: they are in the crew. */
export async function bringUp(plan: StackPlan, crew: Crew, signal: AbortSignal): Promise<Result<Started, Trouble>> {
  const started = await startParts(plan, crew, signal);
  if (!started.ok) return started;
  const ready = await waitUntilReady(started.value, { parts: crew.parts, workers: plan.workers, signal });
  return ready.ok ? started : ready;
}

/** Where a stack that has been started is. */
export interface Started {
  url: string;
  workerUrls: string[];
  redisUrl: string;
  startedAt: number;
}

async function startParts(plan: StackPlan, crew: Crew, signal: AbortSignal): Promise<Result<Started, Trouble>> {
  const ports = await claimPorts(plan);
  if (!ports.ok) return ports;
  const startedAt = Date.now();
  const redisUrl = await bringRedis(plan, crew, signal);
  if (!redisUrl.ok) return redisUrl;

  const sealing = await sealingKeyFile(plan.directory, plan.variables);
  const shared = { ...plan.variables, ...environmentOf(plan.config), ...sealing, REDIS_URL: redisUrl.value };
  const own = async (name: string, app: 'api' | 'worker', variables: Record<string, string>) => {
    const part = await startPart({
      name,
      argv: ownProgram(app),
      variables: { ...shared, ...variables },
      logs: logsOf(plan),
    });
    if (part.ok) crew.take(part.value);
    return part;
  };
  const begun = await Promise.all([
    own('api', 'api', { PORT: String(ports.value.api) }),
    ...ports.value.workers.map((port, index) =>
      own(`worker-${index + 1}`, 'worker', { BAKEHOUSE_WORKER_PORT: String(port) }),
    ),
  ]);
  const failed = begun.find((part) => !part.ok);
  if (failed && !failed.ok) return failed;
  const { host, api, workers } = ports.value;
  const workerUrls = workers.map((port) => `http://${host}:${port}`);
  return yes({ url: `http://${host}:${api}`, workerUrls, redisUrl: redisUrl.value, startedAt });
}

/** The Redis that was named, or one of our own that serves. */
async function bringRedis(plan: StackPlan, crew: Crew, signal: AbortSignal): Promise<Result<string, Trouble>> {
  if (plan.config.REDIS_URL !== undefined) return yes(plan.config.REDIS_URL);
  const redis = await startRedis(path.join(plan.directory, 'redis'), { logs: logsOf(plan), variables: plan.variables });
  if (!redis.ok) return redis;
  crew.take(redis.value.part);
  const serves = await until(() => redisServes(redis.value.url), [redis.value.part], signal);
  return serves.ok ? yes(redis.value.url) : serves;
}

async function waitUntilReady(
  { url, startedAt }: Started,
  { parts, workers, signal }: { parts: readonly Part[]; workers: number; signal: AbortSignal },
): Promise<Result<true, Trouble>> {
  const bakery = openBakery(url, signal);
  const isReady = async () => {
    if (!(await bakery.ready()).ok) return false;
    const seen = await bakery.workers();
    // A worker of an earlier start may still be in the books for some seconds.
    const fresh = seen.ok ? seen.value.workers.filter((worker) => Date.parse(worker.startedAt) >= startedAt) : [];
    return fresh.length >= workers;
  };
  return until(isReady, parts, signal);
}

/** Asks until the answer is yes, a part has died, the time is over or the user has had enough. */
async function until(
  isSo: () => Promise<boolean>,
  parts: readonly Part[],
  signal: AbortSignal,
): Promise<Result<true, Trouble>> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    if (signal.aborted) return no({ kind: 'interrupted' });
    const dead = parts.find((part) => !part.running());
    if (dead) return no(await diedOf(dead));
    if (await isSo()) return yes(true);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const last = parts.at(-1);
  return no({
    kind: 'broken-stack',
    part: parts.map(({ name }) => name).join(', '),
    why: `are not ready after ${READY_WITHIN_MS / 1000} s`,
    lastLines: last ? await lastWords(last) : [],
    log: parts.map(({ log }) => log).join(', '),
  });
}

/** What is to be said of a part that ended without having been asked to. */
export async function diedOf(part: Part): Promise<Trouble> {
  const how = await part.ended;
  return {
    kind: 'broken-stack',
    part: part.name,
    why: `ended by itself (${how})`,
    lastLines: await lastWords(part),
    log: part.log,
  };
}

export const logsOf = ({ directory }: StackPlan): string => path.join(directory, 'logs');

/** The settings as the programs read them; what is not set is theirs to default. */
function environmentOf(config: StackConfig): Record<string, string> {
  const set = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}
