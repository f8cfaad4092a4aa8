import { expect, inject, onTestFinished, test } from 'vitest';
import type { BakeQueue } from './bake-queue.ts';
import type { LogBounds } from './index.ts';
import type { LogEvent, LogPiece } from './log-page.ts';
import { aBakery, ask, comesTo, inOurHands, pause, until } from './testing/bakery.ts';
import { anImage, failing } from './testing/plans.ts';

/** A bake in our hands, to say lines for. */
async function aSpeaker(logBounds?: LogBounds) {
  const bakery = aBakery(inject('redisUrl'));
  onTestFinished(bakery.close);
  const queue = await bakery.open({ retryDelaySeconds: 1 });
  const ours = inOurHands();
  await bakery.consume({ bake: ours.bake, logBounds });
  const { id } = await ask(queue);
  const hand = await ours.hand(id);
  return {
    ...{ bakery, queue, id, hand },
    end: async (end = anImage(id)) => {
      ours.end(id, end);
      await comesTo(queue, id, end.outcome.ok ? 'baked' : 'failed');
      await until(async () => (await bakery.redis.exists(bakery.names.log(id))) === 0, 'the log is sealed');
    },
  };
}

const line = (number: number, text: string): LogPiece => ({ line: { number, text } });
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}`);
const asLines = (from: number, to: number): LogPiece[] => numbered(from, to).map((text, at) => line(from + at, text));

async function follow(
  queue: BakeQueue,
  id: string,
  { after = 0, signal = AbortSignal.timeout(25_000) } = {},
): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  for await (const event of queue.followLog(id, { after, signal })) events.push(event);
  return events;
}

test('lines are numbered from 1, and any cursor or tail can be asked for, before the end and after it', async () => {
  const { queue, id, hand, end } = await aSpeaker();
  expect(await queue.readLog(id)).toEqual({ pieces: [], cursor: 0 });
  await hand.say(numbered(1, 3));
  await hand.say([]);
  await hand.say(['line 4', 'line 5\nline 6']);

  const check = async () => {
    expect(await queue.readLog(id)).toEqual({ pieces: asLines(1, 6), cursor: 6 });
    for (const from of [1, 2, 3, 5])
      expect(await queue.readLog(id, { from })).toEqual({ pieces: asLines(from + 1, 6), cursor: 6 });
    expect(await queue.readLog(id, { from: 6 })).toEqual({ pieces: [], cursor: 6 });
    expect(await queue.readLog(id, { tail: 2 })).toEqual({ pieces: asLines(5, 6), cursor: 6 });
    expect(await queue.readLog(id, { from: 4, tail: 5 })).toEqual({ pieces: asLines(5, 6), cursor: 6 });
    expect(await queue.readLog(id, { tail: 0 })).toEqual({ pieces: [], cursor: 6 });
  };
  await check();
  await end();
  await check();
  expect(await queue.readLog('nobody')).toBeUndefined();
});

test('a long log keeps its head and its tail, and says what is gone between', async () => {
  const { queue, id, hand, end } = await aSpeaker({ headBytes: 100, tailBytes: 200 });
  for (let number = 1; number <= 400; number += 2) await hand.say(numbered(number, number + 1));

  const page = await queue.readLog(id);
  const gap = page?.pieces.find((piece) => 'gap' in piece)?.gap;
  if (!page || !gap) throw new Error('there is no gap');
  expect(page.pieces).toEqual([...asLines(1, gap.from - 1), { gap }, ...asLines(gap.to + 1, 400)]);
  expect(gap.from).toBeGreaterThan(10);
  expect(400 - gap.to).toBeGreaterThan(15);
  expect(400 - gap.to).toBeLessThan(30);

  // Whoever had read into the gap is told of the rest of it.
  expect((await queue.readLog(id, { from: 50 }))?.pieces[0]).toEqual({ gap: { from: 51, to: gap.to } });
  await end();
  expect(await queue.readLog(id)).toEqual(page);
  expect((await queue.readLog(id, { tail: 400 - gap.to + 2 }))?.pieces).toEqual([
    ...asLines(gap.from - 2, gap.from - 1),
    { gap },
    ...asLines(gap.to + 1, 400),
  ]);
});

test('ten thousand lines are appended and read in little time, and pressed small at the end', async () => {
  const { bakery, queue, id, hand, end } = await aSpeaker();
  const lines = numbered(1, 10_000).map(
    (text) => `==> null: ${text} of a bake that has much to say about what it does and how it goes`,
  );
  const begun = performance.now();
  for (let at = 0; at < lines.length; at += 100) await hand.say(lines.slice(at, at + 100));
  const appended = performance.now();
  expect((await queue.readLog(id))?.pieces).toHaveLength(10_000);
  const read = performance.now();
  expect(appended - begun).toBeLessThan(5_000);
  expect(read - appended).toBeLessThan(5_000);

  await end();
  expect((await queue.readLog(id))?.pieces.at(-1)).toEqual(line(10_000, lines.at(-1) ?? ''));
  expect(await bakery.redis.strlen(bakery.names.sealedLog(id))).toBeLessThan(lines.join('\n').length / 5);
});

test('a follower sees what is there, then each line as it is said, then the end', async () => {
  const { queue, id, hand, end } = await aSpeaker();
  await hand.say(['line 1']);
  const following = follow(queue, id);
  const fromLater = follow(queue, id, { after: 2 });
  await pause(100);
  for (const number of [2, 3, 4]) await hand.say(numbered(number, number));
  await end();
  expect(await following).toEqual([...asLines(1, 4), { end: 'baked' }]);
  expect(await fromLater).toEqual([...asLines(3, 4), { end: 'baked' }]);
  expect(await follow(queue, id, { after: 1 })).toEqual([...asLines(2, 4), { end: 'baked' }]);
  expect(await follow(queue, 'nobody')).toEqual([]);
});

test('a line reaches its follower far sooner than the follower would look', async () => {
  const { queue, id, hand, end } = await aSpeaker();
  const events = queue.followLog(id, { after: 0, signal: AbortSignal.timeout(25_000) })[Symbol.asyncIterator]();
  const delays: number[] = [];
  for (let number = 1; number <= 20; number += 1) {
    const next = events.next();
    await pause(5);
    const said = performance.now();
    await hand.say([`line ${number}`]);
    expect((await next).value).toEqual(line(number, `line ${number}`));
    delays.push(performance.now() - said);
  }
  expect(delays.sort((a, b) => a - b)[10]).toBeLessThan(250);
  await end();
});

test('many followers of many bakes share one listening connection, and none is left when they go', async () => {
  const { bakery, queue, id, hand, end } = await aSpeaker();
  const listeners = async () =>
    Number(await bakery.redis.pubsub('NUMSUB', bakery.names.said(id)).then(([, count]) => count));
  const stops = Array.from({ length: 20 }, () => new AbortController());
  const following = stops.map(({ signal }) => follow(queue, id, { signal }));
  await until(async () => (await listeners()) === 1, 'they listen');
  await hand.say(['line 1']);
  await pause(200);
  expect(await listeners()).toBe(1);
  for (const stop of stops) stop.abort();
  for (const events of await Promise.all(following)) expect(events).toEqual([line(1, 'line 1')]);
  await until(async () => (await listeners()) === 0, 'nobody listens');
  await end();
});

test('a follower who turns away in the middle leaves nothing behind', async () => {
  const { bakery, queue, id, hand, end } = await aSpeaker();
  await hand.say(numbered(1, 5));
  for await (const event of queue.followLog(id, { after: 0, signal: new AbortController().signal })) {
    expect(event).toEqual(line(1, 'line 1'));
    break;
  }
  await until(
    async () => Number((await bakery.redis.pubsub('NUMSUB', bakery.names.said(id)))[1]) === 0,
    'nobody listens',
  );
  await end();
});

test('what the channel did not carry is found by looking', async () => {
  const { bakery, queue, id, hand, end } = await aSpeaker();
  const events = queue.followLog(id, { after: 0, signal: AbortSignal.timeout(25_000) })[Symbol.asyncIterator]();
  await hand.say(['line 1']);
  expect((await events.next()).value).toEqual(line(1, 'line 1'));
  await bakery.redis.xadd(bakery.names.log(id), '2-0', 'lines', 'unannounced');
  expect((await events.next()).value).toEqual(line(2, 'unannounced'));
  await events.return?.(undefined);
  await end();
});

test('the next attempt goes on in the same log, and says so', async () => {
  const bakery = aBakery(inject('redisUrl'));
  onTestFinished(bakery.close);
  const queue = await bakery.open({ retryDelaySeconds: 1 });
  const { id } = await ask(queue);
  const following = follow(queue, id);
  await bakery.consume({
    bake: async ({ say, attempt }) => {
      await say([`try ${attempt}`]);
      return attempt === 1 ? failing('network') : anImage(id);
    },
  });
  expect(await following).toEqual([line(1, 'try 1'), line(2, '— attempt 2 —'), line(3, 'try 2'), { end: 'baked' }]);
});

test('a log lives as long as its record', async () => {
  const { bakery, id, hand, end } = await aSpeaker();
  await hand.say(['line 1']);
  expect(await bakery.redis.pttl(bakery.names.log(id))).toBe(-1);
  await end();
  const [record, log] = [
    await bakery.redis.pttl(bakery.names.bake(id)),
    await bakery.redis.pttl(bakery.names.sealedLog(id)),
  ];
  expect(log).toBeGreaterThan(13 * 86_400_000);
  expect(Math.abs(record - log)).toBeLessThan(60_000);
});
