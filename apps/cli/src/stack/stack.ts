import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import { openBakery } from '../bakery.ts';
import type { StackConfig } from '../config.ts';
import type { Trouble } from '../trouble.ts';
import { claimPorts, type PortWishes } from './claim-ports.ts';
import { closeParts, type Haste, hurryWorkers } from './close-parts.ts';
import { takeLock } from './lock.ts';
import { lastWords, type Part, startPart } from './part.ts';
import { ownProgram } from './program.ts';
import { redisServes, startRedis } from './redis.ts';

/** Slow machines need a while to read a thousand modules; a program that cannot start says so and ends long before. */
const READY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 100;

export interface StackPlan extends PortWishes {
  /** Holds `redis`, `logs` and the lock. */
  directory: string;
  variables: Readonly<Record<string, string>>;
}

/** Redis, api and workers that run as children of this process. */
export interface Stack {
  readonly url: string;
  readonly redis: { where: string; ours: 'yes' | 'no' };
  /** Where each worker's health and metrics are. */
  readonly workerUrls: readonly string[];
  readonly parts: readonly Part[];
  /** The first part that ends without having been asked to. Never rejects; nothing is restarted. */
  readonly death: Promise<Trouble>;
  /** Ends everything that was started, in the order in which each needs the next, and gives up the directory. */
  close(haste: Haste): Promise<void>;
  /** While it closes: bakes in hand are stopped and wait again. */
  hurry(): void;
  /** Whatever still runs is killed. */
  kill(): void;
}

/** Starts a stack and waits until it takes bakes and has its workers; a "no" leaves nothing running. */
export async function openStack(plan: StackPlan, signal: AbortSignal): Promise<Result<Stack, Trouble>> {
  await mkdir(logsOf(plan), { recursive: true, mode: 0o700 });
  const lock = await takeLock(path.join(plan.directory, 'up.lock'));
  if (!lock.ok) return lock;
  const parts: Part[] = [];
  const close = async (haste: Haste) => {
    await closeParts(parts, haste);
    await lock.value.release();
  };
  const started = await bringUp(plan, parts, signal);
  if (!started.ok) {
    await close('at-once');
    return started;
  }
  await lock.value.describe(started.value);
  return yes(stackOf(started.value, parts, close));
}

async function bringUp(plan: StackPlan, parts: Part[], signal: AbortSignal): Promise<Result<Started, Trouble>> {
  const started = await startParts(plan, parts, signal);
  if (!started.ok) return started;
  const ready = await waitUntilReady(started.value, { parts, workers: plan.workers, signal });
  return ready.ok ? started : ready;
}

interface Started {
  url: string;
  workerUrls: string[];
  redisUrl: string;
  startedAt: number;
}

async function startParts(plan: StackPlan, parts: Part[], signal: AbortSignal): Promise<Result<Started, Trouble>> {
  const ports = await claimPorts(plan);
  if (!ports.ok) return ports;
  const startedAt = Date.now();
  const redisUrl = await bringRedis(plan, parts, signal);
  if (!redisUrl.ok) return redisUrl;

  const shared = { ...plan.variables, ...environmentOf(plan.config), REDIS_URL: redisUrl.value };
  const own = (name: string, app: 'api' | 'worker', variables: Record<string, string>) =>
    startPart({
      name,
      argv: ownProgram(app),
      variables: { ...shared, ...variables },
      logs: logsOf(plan),
      orphaned: 'KILL',
    });
  const begun = await Promise.all([
    own('api', 'api', { PORT: String(ports.value.api) }),
    ...ports.value.workers.map((port, index) =>
      own(`worker-${index + 1}`, 'worker', { BAKEHOUSE_WORKER_PORT: String(port) }),
    ),
  ]);
  for (const part of begun) if (part.ok) parts.push(part.value);
  const failed = begun.find((part) => !part.ok);
  if (failed && !failed.ok) return failed;
  const { host, api, workers } = ports.value;
  const workerUrls = workers.map((port) => `http://${host}:${port}`);
  return yes({ url: `http://${host}:${api}`, workerUrls, redisUrl: redisUrl.value, startedAt });
}

/** The Redis that was named, or one of our own that serves. */
async function bringRedis(plan: StackPlan, parts: Part[], signal: AbortSignal): Promise<Result<string, Trouble>> {
  if (plan.config.REDIS_URL !== undefined) return yes(plan.config.REDIS_URL);
  const redis = await startRedis(path.join(plan.directory, 'redis'), { logs: logsOf(plan), variables: plan.variables });
  if (!redis.ok) return redis;
  parts.push(redis.value.part);
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

function stackOf({ url, workerUrls, redisUrl }: Started, parts: readonly Part[], close: Stack['close']): Stack {
  return {
    url,
    workerUrls,
    redis: { where: new URL(redisUrl).host, ours: parts.some(({ name }) => name === 'redis') ? 'yes' : 'no' },
    parts,
    death: Promise.race(parts.map((part) => part.ended.then(() => diedOf(part)))),
    close,
    hurry: () => hurryWorkers(parts),
    kill: () => {
      for (const part of parts) part.kill();
    },
  };
}

async function diedOf(part: Part): Promise<Trouble> {
  const how = await part.ended;
  return {
    kind: 'broken-stack',
    part: part.name,
    why: `ended by itself (${how})`,
    lastLines: await lastWords(part),
    log: part.log,
  };
}

const logsOf = ({ directory }: StackPlan): string => path.join(directory, 'logs');

/** The settings as the programs read them; what is not set is theirs to default. */
function environmentOf(config: StackConfig): Record<string, string> {
  const set = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}
