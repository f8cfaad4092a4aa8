import type { ChainableCommander, Redis } from 'ioredis';
import type { Names } from './names.ts';

/** A connection and the names it uses. */
export interface Store {
  readonly redis: Redis;
  readonly names: Names;
}

/** The answers to a pipeline or a transaction; throws the first error among them. */
export async function answersOf(commands: ChainableCommander): Promise<unknown[]> {
  const answers = (await commands.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}
