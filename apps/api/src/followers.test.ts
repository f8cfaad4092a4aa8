import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { welcomeFollowers } from './followers.ts';

test('a stream whose reader goes stops what it reads from', async () => {
  const followers = welcomeFollowers();
  const source = aQuietSource();
  const stream = followers.open(source.events);
  await expect.poll(() => source.state).toBe('begun');

  stream.destroy();

  await expect.poll(() => source.state).toBe('ended');
});

test('whoever closes the server ends every stream, and those that are opened after', async () => {
  const followers = welcomeFollowers();
  const before = followers.open(aQuietSource().events);
  followers.dismiss();
  const after = followers.open(aQuietSource().events);

  expect(await textOf(before)).toBe('begun');
  expect(await textOf(after)).toBe('begun');
});

test('a quiet stream says now and then that it is still there', async () => {
  const stream = welcomeFollowers({ keepAliveMs: 10 }).open(aQuietSource().events);
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    if (text.split('\n\n').length > 3) break;
  }
  expect(text).toMatch(/^begun(: still here\n\n){3}$/);
});

test('a source that ends by itself ends its stream', async () => {
  async function* three() {
    yield* ['1', '2', '3'];
  }
  expect(await textOf(welcomeFollowers().open(three))).toBe('123');
});

/** Says one word and nothing more, until it is told to stop. */
function aQuietSource() {
  const source = { state: 'waiting', events };
  async function* events(signal: AbortSignal) {
    yield 'begun';
    source.state = 'begun';
    await sleep(600_000, undefined, { signal }).catch(() => undefined);
    source.state = 'ended';
  }
  return source;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}
