import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { startOwnRedis } from './redis-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** One Redis for all test files; each keeps to keys under a random prefix of its own, and none may flush it. */
    redisUrl: string;
  }
}

interface TestRedis {
  url: string;
  how: string;
  remove: () => Promise<void>;
}

/** A real Redis for every test: `TEST_REDIS_URL`, else a container when there is a usable Docker, else `redis-server` from PATH. */
export default async function provideRedis(project: TestProject): Promise<() => Promise<void>> {
  const redis = given() ?? (await contained()) ?? (await own());
  project.provide('redisUrl', redis.url);
  console.log(`Redis for the tests: ${redis.url} (${redis.how})`);
  return redis.remove;
}

function given(): TestRedis | undefined {
  const url = process.env['TEST_REDIS_URL'];
  return url ? { url, how: 'TEST_REDIS_URL', remove: async () => {} } : undefined;
}

/** A daemon that answers is not yet usable: without a registry it fails at the pull, so the whole start is the probe. */
async function contained(): Promise<TestRedis | undefined> {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
    const container = await new GenericContainer('redis:7-alpine')
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
      .start();
    const url = `redis://${container.getHost()}:${container.getMappedPort(6379)}`;
    return { url, how: 'a container', remove: async () => void (await container.stop()) };
  } catch {
    return undefined;
  }
}

async function own(): Promise<TestRedis> {
  const { url, remove } = await startOwnRedis();
  return { url, how: 'redis-server from PATH, as there is no usable Docker', remove };
}
